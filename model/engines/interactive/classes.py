"""Model classes of a user: given as they are or named as `module:Class`, checked, and told apart."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import entente
from entente.errors import InputError, nearest, shown

from .alliance import AllianceModel

ModelClass = type[AllianceModel]
SHIPPED = "entente:AllianceModel"
GIVEN = {"seed": 0, "replicate": 0, "record": True}
"""What a run passes to the constructor of a model class besides its scenario."""


def model_class(model: ModelClass | str, folder: Path | None = None) -> ModelClass:
    """A model class, given as it is or as `module:Class`, importable from `folder` (none: the current one) or sys.path.

    Raises `InputError` with one sentence where there is none of that name, it is no subclass of `AllianceModel`,
    or its constructor does not take what a run passes to it.
    """
    found: Any = _named(model, folder or Path.cwd()) if isinstance(model, str) else model
    if not isinstance(found, type) or not issubclass(found, AllianceModel):
        hint = "; name its class" if isinstance(found, AllianceModel) else ""
        raise InputError(f"model: {_told(model)}: must be AllianceModel or a subclass of it{hint}")
    try:
        inspect.signature(found).bind("memo-2001", **GIVEN)
    except TypeError as error:
        takes = f"scenario, {', '.join(GIVEN)}"
        raise InputError(
            f"model: {_told(model)}: its constructor must take {takes} as that of AllianceModel does: {error}"
        ) from None
    return found


def _told(model: Any) -> str:
    return model if isinstance(model, str) else getattr(model, "__qualname__", shown(model))


def _named(name: str, folder: Path) -> Any:
    module, colon, attribute = name.partition(":")
    if not colon or not attribute.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
        raise InputError(f"model: {shown(name)}: must have the form module:Class, such as my_module:MyModel")
    found = _module(name, module, folder.resolve())
    if not hasattr(found, attribute):
        classes = [one for one, value in vars(found).items() if isinstance(value, type)]
        raise InputError(f"model: {name}: {module} has no {attribute}{nearest(attribute, classes)}")
    return getattr(found, attribute)


def _module(name: str, module: str, folder: Path) -> ModuleType:
    """A module, looked for in a folder before sys.path."""
    root = module.partition(".")[0]
    inside = next((at for at in (folder / f"{root}.py", folder / root / "__init__.py") if at.is_file()), None)
    loaded = sys.modules.get(root)
    if (
        inside is not None
        and loaded is not None
        and Path(getattr(loaded, "__file__", None) or "").resolve() != inside
    ):
        raise InputError(f"model: {name}: another module of the name {root} is loaded already; rename {inside}")
    importlib.invalidate_caches()
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and (module == error.name or module.startswith(f"{error.name}.")):
            near = nearest(module, [path.stem for path in folder.glob("*.py")])
            raise InputError(f"model: {name}: no module {module} in {folder} or on sys.path{near}") from None
        raise InputError(f"model: {name}: cannot be imported: {error}") from None
    except Exception as error:
        words = " ".join(f"{type(error).__name__}: {error}".split())
        raise InputError(f"model: {name}: cannot be imported: {words}") from None
    finally:
        sys.path.remove(str(folder))


def model_name(model: ModelClass) -> str:
    """A model class as `module:Class`, as manifests name it."""
    return SHIPPED if model is AllianceModel else f"{model.__module__}:{model.__qualname__}"


def model_digest(model: ModelClass) -> str:
    """Digest of the interactive engine and of the files that a class, its bases and its agents' classes stand in."""
    files = set(Path(__file__).parent.glob("*.py"))
    for one in (model, model.state_class, model.treaty_class, model.power_class):
        for base in one.__mro__:
            own = base.__module__.partition(".")[0] not in (entente.__name__, "mesa", "builtins")
            source = inspect.getsourcefile(base) if own else None
            if source is not None:
                files.add(Path(source))
    digest = hashlib.sha256(model_name(model).encode())
    for file in sorted(files, key=lambda path: (path.name, str(path))):
        digest.update(file.read_bytes())
    return digest.hexdigest()

"""Packages that not everybody installs: who needs them is told which extra brings them, before any work."""

from __future__ import annotations

import importlib
import warnings

from entente.errors import InputError


def need(who: str, module: str, extra: str) -> None:
    """See that a module of an extra of this package is there. Raises `InputError` that says how to get it."""
    try:
        with warnings.catch_warnings():
            # What others say as they are imported concerns those who wrote this.
            warnings.simplefilter("ignore")
            importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0].replace("_", "-")
        lacking = f" ({error})" if (error.name or "").partition(".")[0] != module.partition(".")[0] else ""
        raise InputError(
            f"{who}: needs {package}{lacking}; install the extra: pip install 'entente[{extra}]'"
        ) from None

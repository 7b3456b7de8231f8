"""Packages that not everybody installs: who needs one is told which extra brings it, before any work."""

from __future__ import annotations

from importlib.util import find_spec

from entente.errors import InputError


def need(who: str, package: str, extra: str) -> None:
    """See that a package of an extra of this one is there, without importing it. Raises `InputError` that says how to get it."""
    if find_spec(package) is None:
        name = package.replace("_", "-")
        raise InputError(f"{who}: needs {name}; install the extra: pip install 'entente[{extra}]'")

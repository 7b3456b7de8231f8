"""What `entente` offers, for a reader of its code: the package hands on each name when it is first asked for, which shows at work only."""

from typing import Any

import griffe

import entente


class Public(griffe.Extension):
    """Puts every public name of `entente` where users import it from."""

    def on_package(self, *, pkg: griffe.Module, **kwargs: Any) -> None:
        if pkg.path == entente.__name__:
            for name in entente.__all__:
                pkg.set_member(name, griffe.Alias(name, f"{getattr(entente, name).__module__}.{name}"))

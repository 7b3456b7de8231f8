"""What `entente` offers, for the reader of its code: it hands each name on when it is first asked for, which only shows at work."""

from typing import Any

import entente
import griffe


class Public(griffe.Extension):
    """Puts every public name of `entente` where users import it from."""

    def on_package(self, *, pkg: griffe.Module, **kwargs: Any) -> None:
        if pkg.path == entente.__name__:
            for name in entente.__all__:
                pkg.set_member(name, griffe.Alias(name, f"{entente.home(name)}.{name}"))

"""The page in the browser: `make app`, or `solara run app.py`."""

from __future__ import annotations

import solara

from entente.page.tab import Tab


@solara.component
def Page() -> None:
    """One tab; it makes its own model."""
    Tab()

"""The page's server: `python -m entente.page app.py`, which is what `make app` runs."""

from __future__ import annotations

import argparse
import logging
import os
import warnings
from pathlib import Path

from entente.errors import InputError
from entente.experiments.extras import need

from .guard import LOOPBACK, Guard

SETTINGS = {
    "SOLARA_MODE": "production",
    # Files that are not there are not fetched from anywhere else; nobody counts visits.
    "SOLARA_ASSETS_CDN": "http://nowhere.invalid",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_SESSION_HTTP_ONLY": "true",
    "SOLARA_KERNEL_CULL_TIMEOUT": "10m",
}
"""Settings of solara's server, which it reads when it is imported."""


def serve(app: Path, host: str, port: int, names: list[str]) -> None:
    """Serve the page of `app` until it is stopped, to browsers that ask for it by its own name or one of `names`."""
    os.environ.update({"SOLARA_APP": str(app), **SETTINGS})
    # What solara and Mesa warn of here concerns those who wrote the page, not who opens it.
    warnings.filterwarnings("ignore", module=r"solara\.|mesa\.")
    import uvicorn
    from solara.server.starlette import app as page

    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    print(f"The page is on http://{host}:{port} (Ctrl-C ends it)", flush=True)
    guarded = Guard(page, {host, *LOOPBACK, *names})
    uvicorn.run(
        guarded, host=host, port=port, log_level="warning", access_log=False, server_header=False, loop="asyncio"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m entente.page", description="Serve the page in the browser.")
    parser.add_argument("app", type=Path, nargs="?", default=Path("app.py"), help="what is served [app.py]")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on [127.0.0.1: this machine only]")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        help="a further host name by which browsers may ask; may be given again",
    )
    given = parser.parse_args()
    if not given.app.is_file():
        parser.error(f"{given.app}: no such file")
    try:
        need("the page", "solara", "page")
    except InputError as error:
        parser.error(str(error))
    serve(given.app, given.host, given.port, given.name)


if __name__ == "__main__":
    main()

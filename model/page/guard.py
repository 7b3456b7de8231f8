"""Who may ask the page's server: the page itself, under the names that the server was given, and nobody through it.

Any web site that is open in the same browser can send requests here, and any name can be made to lead to this machine;
what the page shows and may read (`runs/`) is for its user alone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names under which a machine is known to itself."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# Templates of widgets are compiled in the browser, which needs eval; nothing comes from, or goes, elsewhere.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

REWRITTEN = {b"<html>": b'<html lang="en">', b"maximum-scale=1, user-scalable=no, minimal-ui": b"minimum-scale=1"}
"""Of the page's frame: it says its language, and may be zoomed."""


class Guard:
    """An ASGI application before another, that lets pass what the page asks for under one of some host names."""

    def __init__(self, application: Application, names: Collection[str]) -> None:
        self.application = application
        self.names = {name.lower() for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.application(scope, receive, send)
            return
        why = self.refusal(scope)
        if why:
            await _refuse(scope, receive, send, why)
        elif scope["type"] == "websocket":
            await self.application(scope, receive, send)
        else:
            # What is rewritten must not come packed; on one machine packing gains nothing.
            plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            await self.application({**scope, "headers": plain}, receive, _Answer(send).send)

    def refusal(self, scope: Scope) -> str:
        """Why a request is not let in, in a sentence; nothing where it is."""
        hosts, origins = _of(scope, b"host"), _of(scope, b"origin")
        if len(hosts) != 1 or _name(f"//{hosts[0]}") not in self.names:
            return f"This server does not answer to the name {', '.join(hosts) or '(none)'}."
        if scope["type"] == "websocket" and not origins:
            return "A socket must say which page opens it."
        if any(urlsplit(origin).netloc.lower() != hosts[0].lower() for origin in origins):
            return f"Pages of {', '.join(origins)} may ask nothing here."
        return ""


def _of(scope: Scope, wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


async def _refuse(scope: Scope, receive: Receive, send: Send, why: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        # Closed before it was accepted: the browser is told 403.
        await send({"type": "websocket.close", "code": 1008, "reason": why})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *_encoded(HEADERS.items())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": f"{why}\n".encode()})


def _encoded(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers]


class _Answer:
    """An answer on its way out: with the headers that guard it, and the frame of the page mended."""

    def __init__(self, onwards: Send) -> None:
        self.onwards = onwards
        self.start: Message | None = None
        self.body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [(name, value) for name, value in message["headers"] if name.decode().lower() not in HEADERS]
            message = {**message, "headers": [*own, *_encoded(HEADERS.items())]}
            if any(name == b"content-type" and value.startswith(b"text/html") for name, value in own):
                self.start = message
                return
        elif self.start is not None:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._whole()
            return
        await self.onwards(message)

    async def _whole(self) -> None:
        assert self.start is not None
        body = self.body
        for before, after in REWRITTEN.items():
            body = body.replace(before, after)
        headers = [(name, value) for name, value in self.start["headers"] if name != b"content-length"]
        length = (b"content-length", str(len(body)).encode())
        await self.onwards({**self.start, "headers": [*headers, length]})
        await self.onwards({"type": "http.response.body", "body": body})

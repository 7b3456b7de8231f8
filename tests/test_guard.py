"""The guard before the page's server: who is let in, what is sent with every answer, and what it leaves as it is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.page.guard import HEADERS, LOOPBACK, Guard

OWN = "127.0.0.1:8765"
HTML = (
    b'<html><head><meta content="width=device-width, maximum-scale=1, user-scalable=no, minimal-ui"></head></html>'
)


async def inner(scope: Any, receive: Any, send: Any) -> None:
    """A server that answers everything, a page in two pieces."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    kind = b"text/html; charset=utf-8" if scope["path"] == "/" else b"text/javascript"
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(HTML)), (b"X-Frame-Options", b"ALLOWALL")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": HTML[:30], "more_body": True})
    await send({"type": "http.response.body", "body": HTML[30:]})


def asked(kind: str = "http", path: str = "/", names: tuple[str, ...] = LOOPBACK, **headers: str) -> list[Any]:
    """What is sent back to a request with some headers."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    given_ = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    asyncio.run(Guard(inner, names)({"type": kind, "path": path, "headers": given_}, receive, send))
    return sent


def let_in(**request: Any) -> bool:
    first = asked(**request)[0]
    return first["type"] == "websocket.accept" or first.get("status") == 200


@pytest.mark.parametrize("host", [OWN, "localhost:8765", "LOCALHOST", "[::1]:8765"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_the_page_itself_is_let_in(host: str, kind: str) -> None:
    assert let_in(kind=kind, host=host, origin=f"http://{host}")
    assert let_in(host=host), "what somebody types into the address bar has no origin"
    assert not let_in(kind="websocket", host=host), "a socket always has"


NAMES = st.from_regex(r"[a-z0-9.-]{1,20}(:[0-9]{1,5})?", fullmatch=True)


@given(NAMES, st.sampled_from(["http", "websocket"]))
def test_no_other_name_and_no_other_page_is(name: str, kind: str) -> None:
    if name.partition(":")[0] not in LOOPBACK:
        assert not let_in(kind=kind, host=name, origin=f"http://{name}")
    if name != OWN:
        assert not let_in(kind=kind, host=OWN, origin=f"http://{name}")


@pytest.mark.parametrize(
    "origin",
    ["null", "file://", "http://127.0.0.1:8766", "http://127.0.0.1", "http://127.0.0.1:8765.evil.example"],
)
def test_what_only_looks_like_the_page_is_not(origin: str) -> None:
    assert not let_in(host=OWN, origin=origin)
    assert not let_in(kind="websocket", host=OWN, origin=origin)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "127.0.0.1.evil.example",
        "evil.example#127.0.0.1",
        "user@evil.example",
        "[::1",
        "127.0.0.1@evil.example:80",
    ],
)
def test_a_host_that_is_twisted_is_not(host: str) -> None:
    assert not let_in(host=host)


def test_a_refusal_is_a_sentence() -> None:
    start, body = asked(host="evil.example")
    assert (start["status"], body["body"]) == (403, b"This server does not answer to the name evil.example.\n")
    assert asked(kind="websocket", host="evil.example", origin="http://evil.example")[0]["code"] == 1008


def test_a_name_that_was_given_at_the_start_is_let_in() -> None:
    assert let_in(names=("entente.example",), host="Entente.example:80", origin="http://Entente.example:80")


@pytest.mark.parametrize("path", ["/", "/static/main.js"])
def test_every_answer_carries_the_headers_once(path: str) -> None:
    start, *rest = asked(path=path, host=OWN)
    for name, value in HEADERS.items():
        found = [v for n, v in start["headers"] if n.decode().lower() == name]
        assert found == [value.encode()]
    body = b"".join(part["body"] for part in rest)
    sizes = [int(v) for n, v in start["headers"] if n == b"content-length"]
    assert sizes == [len(body)]


def test_the_page_says_its_language_and_may_be_zoomed_and_files_stay_as_they_are() -> None:
    page = b"".join(part["body"] for part in asked(host=OWN)[1:])
    assert b'<html lang="en">' in page
    assert b"user-scalable" not in page
    assert b"maximum-scale" not in page
    assert b"".join(part["body"] for part in asked(path="/x.js", host=OWN)[1:]) == HTML

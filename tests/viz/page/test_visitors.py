"""Only our own page, under our own name, is let in."""

from __future__ import annotations

import asyncio

import pytest

from viz.page.visitors import Doorkeeper, may_enter


@pytest.mark.parametrize(
    ("host", "origin", "bound", "let_in"),
    [
        ("127.0.0.1:8765", None, "127.0.0.1", True),
        ("localhost:8765", "http://localhost:8765", "127.0.0.1", True),
        ("[::1]:8765", "http://[::1]:8765", "::1", True),
        ("evil.example:8765", None, "127.0.0.1", False),  # a name rebound to 127.0.0.1
        ("127.0.0.1:8765", "http://evil.example", "127.0.0.1", False),  # another site's script
        ("127.0.0.1:8765", "http://127.0.0.1:9999", "127.0.0.1", False),  # another server here
        ("127.0.0.1:8765", "null", "127.0.0.1", False),  # a page in a sandbox
        ("192.168.0.7:8765", "http://192.168.0.7:8765", "0.0.0.0", True),
        ("192.168.0.7:8765", None, "127.0.0.1", False),
        ("evil.example:8765", None, "0.0.0.0", False),
        ("", None, "127.0.0.1", False),
        ("[", None, "127.0.0.1", False),
    ],
)
def test_who_may_enter(host, origin, bound, let_in):
    assert may_enter(host, origin, bound) is let_in


@pytest.mark.parametrize(("kind", "answer"), [("http", 403), ("websocket", 1008)])
def test_a_foreigner_is_turned_away(kind, answer):
    sent = []

    async def inner(_scope, _receive, _send):
        pytest.fail("was let in")

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "headers": [(b"host", b"evil.example")]}
    asyncio.run(Doorkeeper(inner, "127.0.0.1")(scope, receive, send))
    assert sent[0].get("status", sent[0].get("code")) == answer

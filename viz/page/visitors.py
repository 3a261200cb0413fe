"""Who is let in: browsers that were given this server's own address, and pages that it served.

A web site elsewhere can make a visitor's browser ask this server, under a name of its own (DNS
rebinding) or across origins (a web socket needs no permission). Both are turned away, so that only
our own page can drive a simulation.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class Doorkeeper:
    """Turns away requests with a foreign ``Host`` or ``Origin``; an ASGI middleware.

    Parameters
    ----------
    app : ASGI application
    host : str
        To which the server is bound.
    """

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], host: str) -> None:
        self._app = app
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may come in."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]
        }
        if may_enter(headers.get("host", ""), headers.get("origin"), self._host):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            start = {"type": "http.response.start", "status": 403}
            await send({**start, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"not from here\n"})


def may_enter(host: str, origin: str | None, bound: str) -> bool:
    """Whether a request is for this server by its own name, and from its own page.

    Parameters
    ----------
    host : str
        What the browser takes this server for, with its port.
    origin : str or None
        Of the page that asks; None if the browser does not say, as for a page's first request.
    bound : str
        To which the server is bound.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return _is_own_name(name, bound) and origin in (None, f"http://{host}")


def _is_own_name(name: str, bound: str) -> bool:
    """Names of this machine; any address by number, where the server is open to others.

    A rebound name is a name: who comes by a number was given it by a person.
    """
    if name in ("localhost", "127.0.0.1", "::1", bound):
        return True
    if bound not in ("0.0.0.0", "::"):
        return False
    if name == socket.gethostname().lower():
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

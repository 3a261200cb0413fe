"""The web server of the page: on this machine, without the internet, for its own page alone."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
import warnings
import webbrowser
from collections.abc import AsyncIterator, Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from environment.errors import CorridorError
from viz.page.visitors import Doorkeeper

EXTRA = ("solara", "solara_assets", "anywidget", "plotly", "uvicorn", "starlette")
END_WITHIN_S = 5.0
ASSETS = Path(__file__).parent / "assets"


class ViewError(CorridorError):
    """The page cannot be served."""


def require_extra() -> None:
    """Check that what the page is made of is installed.

    Raises
    ------
    ViewError
        With what is missing and how to get it.
    """
    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        raise ViewError(
            f"the live view needs {', '.join(missing)}, which come with `make view`, "
            "or with pip install '.[view]' in Corridor's folder"
        )


def open_port(host: str, port: int) -> socket.socket:
    """Take a port; 0 is any that is free.

    Raises
    ------
    ViewError
        If it cannot be had.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _no_port(host, port, error) from None
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise _no_port(host, port, error) from None
    listener.listen(128)
    return listener


def _no_port(host: str, port: int, error: OSError) -> ViewError:
    why = (error.strerror or str(error)).lower()
    return ViewError(f"port {port} of {host} cannot be used: {why}; another: --port 0")


def address(listener: socket.socket) -> str:
    """The page's address, as a browser on this machine takes it."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(listener: socket.socket, tell: Callable[[str], None], browser: bool = True) -> None:
    """Serve the page until Ctrl-C.

    Parameters
    ----------
    listener : socket
        From `open_port`.
    tell : callable
        Is given the page's address once it answers.
    browser : bool
        Whether to open it.
    """
    import uvicorn

    url = address(listener)

    def ready() -> None:
        tell(url)
        if browser:
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    config = uvicorn.Config(
        make_application(listener.getsockname()[0], ready),
        log_level="critical",  # what a page that goes away leaves unsaid is no news
        access_log=False,
        timeout_graceful_shutdown=1,
        loop="asyncio",
    )
    server = uvicorn.Server(config)
    # In a thread, Ctrl-C comes to us and not to the loop, which would tell it as an error.
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="web server", daemon=True
    )
    thread.start()
    with _interruptible() as stop:
        while thread.is_alive() and not stop.wait(0.2):
            pass
        server.should_exit = True
        thread.join(END_WITHIN_S)


@contextlib.contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets, which else would break into whatever is just done."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop  # signals go to the main thread alone
        return
    wanted = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(one, lambda *_: stop.set()) for one in wanted]
    try:
        yield stop
    finally:
        for one, handler in zip(wanted, before, strict=True):
            signal.signal(one, handler)


def make_application(host: str, ready: Callable[[], None] = lambda: None) -> Any:
    """The whole application: Solara's routes, our files, and who is let in.

    Parameters
    ----------
    host : str
        To which the server is bound.
    ready : callable
        Called once everything is loaded.
    """
    warnings.filterwarnings("ignore", message="Cookies with samesite=none", category=UserWarning)
    import solara.server.app
    import solara.server.settings
    import solara.server.starlette as solara_web
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    import viz.page.app  # noqa: F401  what is wrong with it is told here, not at the first visit

    solara.server.app.apps["__default__"] = solara.server.app.AppScript("viz.page.app")
    _settle(solara.server.settings)
    cdn = solara.server.settings.assets.proxy_cache_dir

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        solara_web.on_startup()
        ready()
        yield
        solara_web.on_shutdown()

    ours = [
        Route("/corridor/plotly.min.js", _plotly),
        Mount("/corridor", StaticFiles(directory=ASSETS)),
        # Solara's own would ask the internet for what is not there.
        Mount("/_solara/cdn", StaticFiles(directory=cdn)),
    ]
    theirs = [route for route in solara_web.routes if getattr(route, "path", "") not in CLOSED]
    return Starlette(
        routes=[*ours, *theirs],
        lifespan=lifespan,
        # Without Solara's, which packs what is sent: on one machine that takes longer than sending.
        middleware=[Middleware(Doorkeeper, host=host)],
    )


def _settle(settings: Any) -> None:
    """Solara as we want it: nothing is told to anybody, and a page that is left is not kept."""
    settings.telemetry.mixpanel_enable = False
    settings.server.http_gzip = False
    # A page that goes without a word (a browser killed, a machine asleep) is kept so long, for a
    # network that stumbles; a tab that is closed says so, and is cleared away at once.
    settings.kernel.cull_timeout = "10s"
    settings.kernel.max_per_session = 12
    settings.theme.loader = (
        "plain"  # and "light" it stays: with "auto" its page has no place to mount
    )
    settings.theme.show_banner = False
    settings.theme.title = "Corridor"
    settings.assets.fontawesome_enabled = False
    settings.assets.extra_locations = [str(ASSETS)]


CLOSED = ("/resourcez", "/_solara/api/evict/{kernel_id}", "/_solara/cdn")
"""Solara's routes that a page does not need."""


def _plotly(_: Any) -> Any:
    """Plotly's script, out of its Python package."""
    import plotly
    from starlette.responses import FileResponse

    script = Path(plotly.__file__).parent / "package_data/plotly.min.js"
    return FileResponse(script, headers={"cache-control": "public, max-age=86400"})

"""How `corridor view` ends where it cannot begin, and how it begins and ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from run import app
from viz.page import server

ROOT = Path(__file__).parents[3]


def ended(*words):
    result = CliRunner().invoke(app, ["view", *words, "--no-browser"])
    return result.exit_code, str(result.exception)


def test_no_such_case():
    _, told = ended("citty")
    assert told == "citty: no such case, and no .toml file (did you mean 'city'?)"


def test_a_port_that_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        _, told = ended("city", "--port", str(port))
    assert told == (
        f"port {port} of 127.0.0.1 cannot be used: address already in use; another: --port 0"
    )


def test_a_host_that_is_not_this_machine():
    _, told = ended("city", "--host", "203.0.113.7", "--port", "0")
    assert told.startswith("port 0 of 203.0.113.7 cannot be used: ")


def test_without_the_extra(monkeypatch):
    monkeypatch.setattr(server, "EXTRA", ("solara", "not_installed_anywhere"))
    _, told = ended("city")
    assert told == (
        "the live view needs not_installed_anywhere, which come with `make view`, "
        "or with pip install '.[view]' in Corridor's folder"
    )


def test_tiles_without_places():
    _, told = ended("city", "--port", "0", "--tiles", "http://localhost/tiles")
    assert told == "--tiles http://localhost/tiles: expected an address with {z}, {x} and {y} in it"


def test_addresses_that_a_browser_takes():
    with server.open_port("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        assert server.address(listener) == f"http://127.0.0.1:{port}"


@pytest.mark.slow
def test_it_serves_this_machine_and_ends_on_ctrl_c():
    words = [sys.executable, "run.py", "view", "city", "--no-browser", "--port", "0"]
    with subprocess.Popen(
        words,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as process:
        try:
            url = look_at(process)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert url.startswith("http://127.0.0.1:")
    assert (process.returncode, out, err) == (0, "", "")


def look_at(process: subprocess.Popen) -> str:
    """Ask the server for what it gives, and for what it does not."""
    line = process.stdout.readline()
    url = re.fullmatch(r"city: (http://127\.0\.0\.1:\d+)   \(Ctrl-C ends it\)\n", line)[1]
    with urllib.request.urlopen(url) as page:
        text = page.read().decode()
    assert "Corridor" in text
    assert not re.findall(r'(?:src|href)="https?://', text)
    for header in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(urllib.request.Request(url, headers=header))
    for closed in ("/resourcez", "/_solara/cdn/left-pad@1.0.0/index.js"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(url + closed)
    return url

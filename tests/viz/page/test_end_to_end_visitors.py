"""What goes wrong is said, several visitors share nothing, and strangers are kept out."""

from __future__ import annotations

import re
import socket
import time
from urllib.parse import urlsplit

import pytest

from tests.viz.page.end_to_end import AS_FAST_AS_IT_CAN, MORNING_S, measured

pytestmark = pytest.mark.slow

FAILING = """\
class Failing:
    def __init__(self, calls: int = 3) -> None:
        self.left = calls

    def choose(self, call, view):
        self.left -= 1
        if self.left < 0:
            raise RuntimeError("no ambulance left in the garage")
        return []
"""


# What is wrong is said


def test_a_wrong_value_is_told_beside_its_control(served, visit):
    visitor = visit(served).watch()
    visitor.page.click(".p-section-fleet summary")
    box = ".p-control[data-key='fleet.ambulances']"
    visitor.page.fill(f"{box} input", "0")
    visitor.page.press(f"{box} input", "Enter")
    visitor.page.wait_for_selector(f"{box} .c-error")
    assert visitor.page.inner_text(f"{box} .c-error") == "must be >= 1, got 0"
    assert visitor.page.locator(".p-waiting").count() == 0
    visitor.page.fill(f"{box} input", "20")
    visitor.page.press(f"{box} input", "Enter")
    visitor.page.wait_for_selector(".p-waiting >> text=Ambulances: 20")
    assert visitor.page.locator(f"{box} .c-error").count() == 0


def test_a_policy_that_fails_while_it_runs_stops_the_run_with_its_words(
    serve, visit, files_in, grid_scenario
):
    folder = grid_scenario().folder
    (folder / "failing.py").write_text(FAILING, encoding="utf-8")
    (folder / "failing.toml").write_text(
        'places = { sites = "sites.csv", zones = "zones.csv" }\n'
        'roads = { source = "plane_grid", rows = 5, columns = 5, speed_kph = 36 }\n'
        "run = { days = 1, warm_up_days = 0 }\n"
        'demand = { address = "zone" }\n'
        'policies = { dispatch = "failing.py:Failing" }\n',
        encoding="utf-8",
    )
    visitor = visit(serve(str(folder / "failing.toml"))).watch()
    visitor.set_speed(AS_FAST_AS_IT_CAN)
    visitor.page.click(".p-run")
    visitor.page.wait_for_selector(".p-notice.c-error")
    assert "no ambulance left in the garage" in visitor.page.inner_text(".p-notice")
    assert visitor.page.get_attribute(".p-run", "aria-pressed") == "false"
    visitor.keep("live-failed")


# Several visitors


def test_visitors_share_nothing_and_leave_nothing_behind(served, visit):
    wait_for_runs(served, 0)
    one, other = visit(served).watch(), visit(served).watch()
    one.step(3600)
    assert (one.clock, other.clock) == (3600, 0)
    other.tell(".p-controls", "change", {"key": "seed", "value": "77"})
    other.page.click(".p-apply")
    other.wait("!document.querySelector('.p-waiting')")
    other.step(MORNING_S)
    one.step(MORNING_S - 3600)
    assert one.clock == other.clock
    assert one.figures() != other.figures()
    assert served.runs == 2
    other.leave()
    wait_for_runs(served, 1)
    assert one.step(60) == MORNING_S + 60  # it goes on
    one.leave()
    wait_for_runs(served, 0)


def test_loading_anew_keeps_one_run(served, visit):
    visitor = visit(served)
    megabytes = []
    for _ in range(6):
        visitor.watch()
        megabytes.append(served.count()["megabytes"])
    measured(f"memory at each load, MB: {[round(one) for one in megabytes]}")
    wait_for_runs(served, 1)
    visitor.leave()
    wait_for_runs(served, 0)


def wait_for_runs(served, runs: int) -> None:
    """So many simulations are alive, and nothing of others."""
    end_s = time.monotonic() + 60
    wanted = (runs, runs, runs)
    while (found := alive(served)) != wanted:
        assert time.monotonic() < end_s, f"{found} threads, models and maps, not {wanted}"
        time.sleep(0.2)


def alive(served) -> tuple[int, int, int]:
    told = served.count()
    return told["threads"].count("live run"), told["models"], told["maps"]


# Who is let in


def test_other_sites_cannot_drive_it(served, visit):
    visitor = visit(served).watch()
    place = urlsplit(served.url)
    path = re.sub(r"ws/[\w-]+", "ws/another", visitor.sockets[0]).partition(place.netloc)[2]
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in visitor.context.cookies())
    own = f"http://{place.netloc}"
    assert handshake(place, path, {"Origin": own, "Cookie": cookies}) == 101
    assert handshake(place, path, {"Origin": "http://evil.example", "Cookie": cookies}) == 403
    assert handshake(place, path, {"Origin": own, "Host": "evil.example"}) == 403
    assert visitor.context.request.get(served.url, headers={"Host": "evil.example"}).status == 403
    assert visitor.context.request.get(served.url).status == 200


def handshake(place, path: str, others: dict[str, str]) -> int:
    """How the server answers who wants a web socket."""
    headers = {
        "Host": place.netloc, "Upgrade": "websocket", "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13", **others,
    }  # fmt: skip
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items()), "", ""]
    with socket.create_connection((place.hostname, place.port), timeout=20) as line:
        line.sendall("\r\n".join(lines).encode())
        return int(line.recv(64).split()[1])


@pytest.mark.parametrize("path", ["/static/public/../../../etc/passwd", "/corridor/../server.py"])
def test_no_file_but_its_own(served, visit, path):
    place = urlsplit(served.url)
    with socket.create_connection((place.hostname, place.port), timeout=20) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
        text = line.recv(4096).decode("latin-1")
    assert "root:" not in text
    assert "import" not in text.partition("\r\n\r\n")[2].partition("<")[0]


def test_nothing_is_run_that_a_visitor_names(served, visit):
    visitor = visit(served).watch()
    for use in ("os:system", "/tmp/evil.py:Policy"):
        visitor.tell(".p-controls", "change", {"key": "policies.dispatch", "value": use})
        box = ".p-control[data-key='policies.dispatch']"
        visitor.page.wait_for_selector(f"{box} .c-error")
        assert "must be one of" in visitor.page.inner_text(f"{box} .c-error")
        visitor.tell(".p-controls", "change", {"key": "policies.dispatch", "value": "nearest"})
        visitor.wait(f'!document.querySelector("{box} .c-error")')
    visitor.tell(".p-controls", "change", {"key": "roads.file", "value": "/etc/passwd"})
    assert visitor.step(60) == 60

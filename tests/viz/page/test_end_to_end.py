"""The served page as people have it: the real command, a real browser, and every promise tried.

Screenshots of the main states are left in ``results/screenshots``.
"""

from __future__ import annotations

import re
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from experiments.compare import compare
from policies.coordination import MECHANISMS
from policies.dispatch import DISPATCH
from scenarios.loader import load_scenario
from scenarios.scenario import Scenario
from simulation.measures import summary
from simulation.model import EmergencyModel, simulate
from viz.live import interventions
from viz.live.observer import Observer

key_figures = pytest.importorskip("viz.page.live.key_figures", reason="the extra `view` is missing")

pytestmark = pytest.mark.slow

DAY = {"run.days": 1, "run.warm_up_days": 0}
MORNING_S = 9.5 * 3600
ON = {"coordination.mechanisms": list(MECHANISMS)}
OFF = {"coordination.mechanisms": []}
MAPS = "[...document.querySelectorAll('.corridor-map')].map((one) => one.corridorMap)"
AS_FAST_AS_IT_CAN, TEN_TIMES, SIXTY_TIMES, SIX_HUNDRED_TIMES = 7, 1, 3, 6
"""Steps of the slider."""

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


@pytest.fixture(scope="module")
def city() -> Scenario:
    return load_scenario("city", DAY)


@pytest.fixture(scope="module")
def saved(tmp_path_factory, city) -> Path:
    """A folder with a batch, one that is damaged, one whose run is, and a link that leads out."""
    folder = tmp_path_factory.mktemp("results")
    short = city.changed({"run.days": 0.25, "demand.calls_per_day": 900})
    arms = {"off": short.changed(OFF), "on": short.changed(ON)}
    compare(arms, 2, workers=1, out=folder / "good")
    compare({"plain": short}, 1, workers=1, out=folder / "torn")
    (run,) = (folder / "torn").rglob("missions.parquet")
    run.write_bytes(run.read_bytes()[:100])
    (folder / "broken").mkdir()
    (folder / "broken" / "batch.json").write_text("{", encoding="utf-8")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    compare({"plain": short}, 1, workers=1, out=elsewhere / "secret")
    (folder / "way-out").symlink_to(elsewhere / "secret")
    return folder


@pytest.fixture(scope="module")
def served(serve, browser, saved):
    words = [f"--set={key}={value}" for key, value in DAY.items()]
    return serve("city", "--results", str(saved), *words)


def at(scenario: Scenario, *moments: float, change: tuple[str, str] | None = None) -> dict:
    """The key figures of a run of our own at the last of some moments, as they are written.

    `change` is made at the first of them.
    """
    model = EmergencyModel(scenario)
    observer = Observer(model)
    with model.watch:
        for moment_s in moments:
            model.run_until(moment_s)
            observer.look()
            if change and moment_s == moments[0]:
                interventions.change(model, scenario, *change)
                model.settle()
        told = key_figures.key_figures(observer.known, [observer.values])
    model.close()
    return {one["key"]: one["value"] + (one["unit"] if one["value"] != "–" else "") for one in told}


def measured(text: str) -> None:
    """Tell a figure to who runs the tests with ``-s``."""
    print(text)  # noqa: T201


# The first picture


def test_the_page_is_soon_there_and_asks_nobody_else(served, visit):
    visitor = visit(served)
    began_s = time.perf_counter()
    visitor.open().wait("window.__corridor_map?.frames > 0")
    first_s = time.perf_counter() - began_s
    measured(f"first picture after {first_s:.1f} s")
    assert first_s < 20  # under 5 on a machine that has nothing else to do
    visitor.wait("document.querySelectorAll('.p-chart').length > 2")
    assert visitor.page.title() == "Live · Corridor"
    assert visitor.strangers == []
    assert {urlsplit(url).netloc for url in visitor.sockets} == {urlsplit(served.url).netloc}


def test_manhattan_is_soon_there(serve, visit, shared_data):
    words = ["--data", str(shared_data / "manhattan"), "--set=run.days=1"]
    visitor = visit(serve("manhattan", *words))
    began_s = time.perf_counter()
    visitor.open().wait("window.__corridor_map?.frames > 0")
    first_s = time.perf_counter() - began_s
    measured(f"first picture of Manhattan after {first_s:.1f} s")
    assert first_s < 20
    visitor.watch().step(MORNING_S)
    assert len(visitor.places()) > 5
    box = visitor.page.locator(".p-transport").bounding_box()
    assert box["y"] + box["height"] <= visitor.page.viewport_size["height"]
    visitor.keep("live-manhattan")


# The run


def test_vehicles_move_with_the_clock_and_stand_with_it(served, visit):
    visitor = visit(served).watch()
    visitor.step(MORNING_S)
    before, before_s = visitor.places(), visitor.clock
    assert len(before) > 3
    visitor.run()
    visitor.wait("then => window.__corridor_map.clock > then + 60", before_s)
    stopped_s = visitor.pause()
    after = visitor.places()
    moved = [name for name in before if name in after and before[name] != after[name]]
    assert moved
    visitor.page.wait_for_timeout(500)
    assert (visitor.clock, visitor.places()) == (stopped_s, after)
    assert stopped_s == pytest.approx(round(stopped_s), abs=0.5)


def test_speed_is_the_pace_of_the_clock(served, visit):
    visitor = visit(served).watch()
    visitor.run()
    paces = {}
    for step, speed in ((TEN_TIMES, 10), (SIX_HUNDRED_TIMES, 600)):
        visitor.set_speed(step)
        visitor.wait(f"document.querySelector('.p-speed output').innerText === '{speed}×'")
        visitor.page.wait_for_timeout(2_500)  # the map follows smoothly
        paces[speed] = visitor.ask("""async () => {
            const map = window.__corridor_map, [from, began] = [map.clock, performance.now()];
            await new Promise((done) => setTimeout(done, 1500));
            return 1000 * (map.clock - from) / (performance.now() - began);
        }""")
    measured(f"simulated seconds a second, by speed: {paces}")
    assert paces[10] == pytest.approx(10, rel=0.3)
    assert paces[600] == pytest.approx(600, rel=0.3)
    visitor.pause()


def test_a_run_to_its_end_has_the_figures_of_simulate(served, visit, city):
    visitor = visit(served).watch()
    visitor.set_speed(AS_FAST_AS_IT_CAN)
    visitor.page.click(".p-run")
    visitor.page.wait_for_selector(".p-notice >> text=The run is over.")
    measures = summary(simulate(city, 0))
    visitor.wait("document.querySelector('.p-figure-waiting_calls .p-number').innerText === '0'")
    shown = visitor.figures()
    assert shown["response_min"] == f"{measures['response_s'] / 60:.1f}min"
    assert shown["in_target_pct"] == f"{100 * measures['in_target_share']:.1f}%"
    visitor.keep("live-over")


# What is changed


def test_coordination_changes_the_figures_to_those_of_its_own_run(served, visit, city):
    visitor = visit(served).watch()
    now_s = visitor.step(MORNING_S)
    off, on = at(city.changed(OFF), now_s), at(city.changed(ON), now_s)
    assert off != on
    visitor.page.wait_for_selector(".p-unswitched")  # by the case's own keys, which is not off
    visitor.keep("live-unswitched")
    all_four = "information, planning, rules, risk"
    for pressed, told, figures in (
        (".p-all-off", "none", off),
        (".p-whole input", all_four, on),
        (".p-whole input", "none", off),
    ):
        visitor.page.click(pressed)
        visitor.page.wait_for_selector(f".p-waiting >> text=Coordination: {told}")
        visitor.keep("live-change-waits")
        visitor.page.click(".p-apply-here")
        visitor.see(figures)
        visitor.page.wait_for_selector(".p-waiting", state="detached")
        assert visitor.rest() == now_s


def test_a_policy_that_is_changed_while_it_runs_decides_from_then_on(served, visit, city):
    visitor = visit(served).watch()
    now_s = visitor.step(MORNING_S)
    control = ".p-control[data-key='policies.dispatch']"
    assert visitor.page.locator(f"{control} option").all_inner_texts() == [
        name.replace("_", " ") for name in DISPATCH.built_in
    ]
    visitor.page.select_option(f"{control} select", "district_only")
    then_s = visitor.step(8 * 3600)
    other = at(city, now_s, then_s, change=("policies.dispatch", "district_only"))
    assert other != at(city, then_s)
    visitor.see(other)
    assert visitor.page.locator(".p-waiting").count() == 0


def test_streets_that_are_closed_with_a_click_are_on_the_map(served, visit):
    visitor = visit(served).watch()
    visitor.step(MORNING_S)
    assert visitor.ask("window.__corridor_map.closed") == 0
    visitor.page.click(".p-disrupt summary")
    visitor.page.select_option(".p-disrupt select", "road_closure")
    visitor.page.wait_for_selector(".p-disrupt .c-note")
    visitor.wait("document.querySelector('.corridor-placing')")
    click(visitor, *visitor.ask("window.__corridor_map.at(6000, 5000)"))
    visitor.wait("window.__corridor_map.closed > 3")
    visitor.wait("!document.querySelector('.corridor-placing')")
    visitor.keep("live-closed-streets")
    # A hospital is asked for, and there is none on the river's edge of the map.
    visitor.page.select_option(".p-disrupt select", "hospital_closed")
    visitor.wait("document.querySelector('.corridor-placing')")
    click(visitor, 20, 300)
    visitor.page.wait_for_selector(".p-notice.c-error")
    assert "there is none where you clicked" in visitor.page.inner_text(".p-notice")


def click(visitor, px: float, py: float) -> None:
    visitor.page.click(".corridor-canvas", position={"x": px, "y": py})


# Stories


def test_who_is_clicked_tells_its_story_and_escape_ends_it(served, visit):
    visitor = visit(served).watch()
    visitor.step(MORNING_S)
    while not (found := apart(visitor)):
        visitor.step(300)
    name, place = found[0]
    click(visitor, *place)
    visitor.page.wait_for_selector(".p-story h2")
    assert visitor.page.inner_text(".p-story h2") == name.replace("-", " ").capitalize()
    assert visitor.page.locator(".p-lines li").count() > 1
    visitor.page.wait_for_timeout(700)  # the map glides there
    visitor.keep("live-story")
    visitor.page.keyboard.press("Escape")
    visitor.page.wait_for_selector(".p-story .p-empty")


def apart(visitor) -> list[tuple[str, list[float]]]:
    """Ambulances that stand away from all that could be clicked in their stead."""
    here = visitor.places()
    others = [[one["px"], one["py"]] for one in visitor.ask("window.__corridor_map.calls()")]
    width, height = visitor.ask("[window.innerWidth - 600, window.innerHeight - 158]")
    return [
        (name, place)
        for name, place in here.items()
        if 200 < place[0] < width - 80 and 80 < place[1] < height - 80
        if all(
            np.hypot(place[0] - other[0], place[1] - other[1]) > 20
            for other in [*others, *(here[key] for key in here if key != name)]
        )
    ]


# Side by side


def test_two_runs_keep_in_step_and_have_the_same_patients(served, visit):
    visitor = visit(served).watch()
    visitor.page.click(".p-mode-coordination")
    visitor.wait("document.querySelectorAll('.p-two .corridor-map').length === 2")
    visitor.wait("document.querySelector('.p-both')")
    visitor.step(MORNING_S)
    patients: list[set[tuple]] = [set(), set()]
    for _ in range(8):
        visitor.step(60)
        clocks = visitor.ask(f"{MAPS}.map((map) => map.clock)")
        assert clocks[0] == clocks[1]
        for seen, calls in zip(patients, visitor.ask(f"{MAPS}.map((m) => m.calls())"), strict=True):
            seen |= {(call["number"], call["x"], call["y"]) for call in calls}
    assert patients[0] == patients[1]
    assert len(patients[0]) > 3
    visitor.set_speed(SIXTY_TIMES)
    visitor.run()
    apart = visitor.ask(f"""async () => {{
        const apart = [];
        for (let k = 0; k < 40; k += 1) {{
            await new Promise((done) => setTimeout(done, 50));
            const [one, other] = {MAPS};
            apart.push(Math.abs(one.clock - other.clock));
        }}
        return apart;
    }}""")
    measured(f"clocks that run at 60 are at most {max(apart):.1f} s apart")
    assert max(apart) < 12  # a fifth of a real second
    visitor.pause()
    one, other = visitor.ask(f"{MAPS}.map((map) => map.clock)")
    assert one == other
    figures = both_figures(visitor)
    assert {"response_min", "in_target_pct", "busy_pct"} <= set(figures)
    for before, after, difference in figures.values():
        assert difference == pytest.approx(after - before, abs=0.11)
    visitor.keep("live-side-by-side")


def both_figures(visitor) -> dict[str, tuple[float, float, float]]:
    """Figures of both runs and their difference, as written."""
    read = """() => [...document.querySelectorAll('.p-figure')].map((one) => [
        [...one.classList].find((name) => name.startsWith('p-figure-')).slice(9),
        one.querySelector('.p-both').firstChild.textContent,
        one.querySelector('.p-both i').nextSibling.textContent,
        one.querySelector('.p-difference').textContent])"""
    return {key: tuple(map(number, texts)) for key, *texts in visitor.ask(read)}


def number(text: str) -> float:
    return 0.0 if text.strip() == "=" else float(text.replace("−", "-").replace(",", ""))


# What has been saved


def test_a_saved_batch_has_its_intervals_and_plays_again(served, visit):
    visitor = visit(served)
    visitor.open("/results")
    names = visitor.page.locator(".r-item")
    visitor.page.wait_for_selector(".r-item")
    assert names.evaluate_all("all => all.map((one) => one.dataset.name)") == [
        "broken",
        "good",
        "torn",
    ]
    visitor.page.click(".r-item[data-name=good]")
    visitor.page.wait_for_selector(".r-table-patients table")
    table = visitor.page.inner_text(".r-table-patients")
    assert "Mean response" in table or "Response" in table
    assert "±" in table or "to" in table
    visitor.keep("results-table")
    visitor.page.click(".p-tab-replay")
    visitor.wait("window.__corridor_map?.frames > 0")
    visitor.page.wait_for_selector(".r-play")
    visitor.page.select_option(".r-speed select", "600")
    visitor.page.click(".r-play")
    visitor.wait("window.__corridor_map.clock > 1800")
    before = visitor.places()
    visitor.wait("window.__corridor_map.clock > 3600")
    after = visitor.places()
    assert [name for name in before if name in after and before[name] != after[name]]
    visitor.page.click(".r-play")
    visitor.keep("results-replay")


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


def test_a_result_that_cannot_be_opened_says_why(served, visit):
    visitor = visit(served)
    visitor.open("/results").page.wait_for_selector(".r-item")
    for name, told in (
        ("broken", "broken/batch.json: cannot be read"),
        ("../elsewhere", "is not among the results"),
        ("way-out", "is not among the results"),
    ):
        visitor.tell(".r-list", "choose", name)
        visitor.page.wait_for_selector(f".c-error >> text={told}")
    visitor.page.click(".r-item[data-name=torn]")
    visitor.page.click(".p-tab-replay")
    visitor.page.wait_for_selector(".c-error >> text=cannot be read")


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


# How it looks, and how it is reached

PARTS = (".p-header", ".p-controls", ".p-figures", ".p-stage", ".p-transport", ".p-side")


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("window", [(1280, 720), (1920, 1080)])
def test_nothing_overlaps_and_nothing_scrolls_sideways(served, visit, look, window):
    visitor = visit(served, look, window).watch()
    visitor.step(MORNING_S)
    visitor.wait("document.querySelector('.p-plot svg')")
    assert visitor.ask("document.documentElement.dataset.dark") == str(look == "dark").lower()
    boxes = {part: visitor.page.locator(part).bounding_box() for part in PARTS}
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= window[0] for box in boxes.values())
    assert all(box["y"] >= 0 and box["y"] + box["height"] <= window[1] for box in boxes.values())
    overlaps = [
        (one, other)
        for k, one in enumerate(PARTS)
        for other in PARTS[k + 1 :]
        if overlap(boxes[one], boxes[other])
    ]
    assert overlaps == []
    assert cut_off(visitor) == []
    width = visitor.ask(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert tuple(width) == window
    visitor.keep(f"live-{look}-{window[0]}")


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    return (
        one["x"] + one["width"] > other["x"] + 0.5
        and other["x"] + other["width"] > one["x"] + 0.5
        and one["y"] + one["height"] > other["y"] + 0.5
        and other["y"] + other["height"] > one["y"] + 0.5
    )


def cut_off(visitor) -> list[str]:
    """Buttons and controls of the bars whose text does not fit, or which stand on each other."""
    return visitor.ask("""() => {
        const shown = (one) => one.offsetParent !== null;
        const bars = '.p-header, .p-transport, .p-modes, .p-tabs, .p-chart-tools';
        const wrong = [];
        for (const bar of document.querySelectorAll(bars)) {
            const all = [...bar.querySelectorAll('a, button, label, output')].filter(shown);
            for (const one of all) {
                if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth) {
                    wrong.push(`${one.className}: ${one.scrollWidth} in ${one.clientWidth}`);
                }
                const a = one.getBoundingClientRect();
                for (const other of all) {
                    if (one === other || one.contains(other) || other.contains(one)) continue;
                    const b = other.getBoundingClientRect();
                    if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1
                        && b.top < a.bottom - 1) wrong.push(`${one.className} ${other.className}`);
                }
            }
        }
        return wrong;
    }""")


def test_the_look_is_chosen_and_kept(served, visit):
    visitor = visit(served).watch()
    looks = []
    for _ in range(3):
        visitor.page.click(".p-look")
        looks.append(visitor.ask("document.documentElement.dataset.dark"))
    assert looks == ["false", "true", "false"]  # light, dark, as the system
    visitor.page.click(".p-look")
    visitor.page.click(".p-look")
    visitor.watch()
    assert visitor.ask("document.documentElement.dataset.dark") == "true"


def test_pages_of_planning_and_results_fit(served, visit):
    for look in ("light", "dark"):
        visitor = visit(served, look)
        for name in ("planning", "results"):
            visitor.open(f"/{name}").page.wait_for_selector(".r-page")
            if name == "results":
                visitor.page.click(".r-item[data-name=good]")
                visitor.page.wait_for_selector(".r-table-patients table")
            wide = visitor.ask("document.documentElement.scrollWidth")
            assert wide == 1280
            visitor.keep(f"{name}-{look}")
        visitor.leave()


def test_keys_run_step_and_slow_down(served, visit):
    visitor = visit(served).watch()
    press = visitor.page.keyboard.press
    press("s")
    visitor.wait("window.__corridor_map.clock === 60")
    press(" ")
    visitor.page.wait_for_selector(".p-run[aria-pressed=true]")
    press("+")
    visitor.wait("document.querySelector('.p-speed output').innerText === '120×'")
    press("-")
    press("-")
    visitor.wait("document.querySelector('.p-speed output').innerText === '30×'")
    press(" ")
    visitor.page.wait_for_selector(".p-run[aria-pressed=false]")
    visitor.rest()
    press("r")
    visitor.wait("window.__corridor_map.clock === 0")


def test_space_runs_after_a_click_and_presses_what_the_keyboard_came_to(served, visit):
    visitor = visit(served).watch()
    visitor.page.eval_on_selector(".p-map-section", "(one) => { one.open = true; }")
    for pressed in (".p-mode-one", ".p-layer-labels", ".p-map-section summary"):
        visitor.page.click(pressed)
        visitor.wait("document.activeElement === document.body")
        visitor.page.keyboard.press(" ")
        visitor.page.wait_for_selector(".p-run[aria-pressed=true]")
        visitor.page.focus(".p-run")
        visitor.page.keyboard.press(" ")
        visitor.page.wait_for_selector(".p-run[aria-pressed=false]")
        assert visitor.ask("document.activeElement.classList.contains('p-run')")


def test_every_control_is_reached_by_tab_and_shows_that_it_is(served, visit):
    visitor = visit(served).watch()
    wanted = visitor.ask("""() => {
        const kinds = 'a[href], button, input, select, summary, canvas[tabindex]';
        const all = [...document.querySelectorAll(`.p-window :is(${kinds})`)].filter((one) =>
            !one.disabled && one.checkVisibility({ visibilityProperty: true }));
        all.forEach((one, k) => { one.dataset.stop = k; });
        window.outlines = all.map((one) => looks(one));
        window.looks = looks;
        function looks(one) {
            const style = getComputedStyle(one);
            const shown = style.outlineStyle === 'none' || style.outlineWidth === '0px' ? '' :
                style.outlineStyle + style.outlineWidth + style.outlineColor;
            return [shown, style.boxShadow, style.borderColor, style.backgroundColor].join();
        }
        document.activeElement.blur();
        return all.length;
    }""")
    reached, unseen = set(), []
    for _ in range(wanted + 20):
        visitor.page.keyboard.press("Tab")
        stop, name, is_seen = visitor.ask("""() => {
            const one = document.activeElement, stop = Number(one.dataset.stop ?? -1);
            const name = one.className || one.getAttribute('aria-label') || one.tagName;
            return [stop, name, window.looks(one) !== window.outlines[stop]];
        }""")
        if stop >= 0 and stop in reached:
            break
        if stop >= 0:
            reached.add(stop)
            if not is_seen:
                unseen.append(name)
    assert len(reached) == wanted > 20
    assert unseen == []

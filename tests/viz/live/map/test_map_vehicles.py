"""Vehicles on the map in a browser: where they are drawn, when, and by which clock."""

from __future__ import annotations

import numpy as np
import pytest

from viz.live.frame import CallMark, Frame

pytest.importorskip("anywidget", reason="the extra `view` is not installed")
pytest.importorskip("playwright", reason="playwright is not installed (extra `dev`)")


from tests.viz.live.map.map_page import (
    NEEDS_BROWSER,
    along,
    drive,
    opened,
)

pytestmark = NEEDS_BROWSER


@pytest.mark.parametrize("now_s", [0.0, 13.0, 40.0, 47.3, 60.0, 90.0])
def test_vehicle_stands_where_its_leg_says(city, now_s):
    leg = drive()
    city.show(Frame(now_s, is_first=True, legs=(leg,)))
    city.rest()
    assert city.of_map("places()")["ambulance-0"] == pytest.approx(
        city.place(*along(leg, now_s)), abs=1.0
    )


def test_vehicle_moves_by_itself_between_messages(city):
    leg = drive()
    city.show(Frame(0.0, is_first=True, legs=(leg,)), speed=20.0)
    seen = set()
    for tick in range(1, 6):
        city.page.wait_for_timeout(250)
        city.show(Frame(5.0 * tick), speed=20.0)
        now_s, places = city.page.evaluate(
            "[window.__corridor_map.clock, window.__corridor_map.places()]"
        )
        assert places["ambulance-0"] == pytest.approx(city.place(*along(leg, now_s)), abs=1.0)
        seen.add(now_s)
    assert len(seen) == 5


def test_earlier_leg_holds_until_a_later_one_begins(city):
    first, later = drive(), drive(begin_s=30.0, to_m=(-900.0, 0.0))
    city.show(Frame(0.0, is_first=True, legs=(first, later)))
    city.show(Frame(29.0))
    city.rest()
    assert city.of_map("places()")["ambulance-0"] == pytest.approx(
        city.place(*along(first, 29.0)), abs=1.0
    )
    city.show(Frame(35.0))
    city.rest()
    assert city.of_map("places()")["ambulance-0"] == pytest.approx(
        city.place(*along(later, 35.0)), abs=1.0
    )


def test_leg_that_is_told_anew_replaces_those_not_yet_begun(city):
    city.show(Frame(0.0, is_first=True, legs=(drive(), drive(begin_s=50.0, to_m=(-900.0, 0.0)))))
    turned = drive(begin_s=20.0, to_m=(0.0, -800.0))
    city.show(Frame(58.0, legs=(turned,)))
    city.rest()
    assert city.of_map("places()")["ambulance-0"] == pytest.approx(
        city.place(*along(turned, 58.0)), abs=1.0
    )


def test_clock_never_goes_back_nor_beyond_what_is_known(city):
    city.show(Frame(100.0, is_first=True), speed=60.0)
    city.page.evaluate("""() => {
      window.times = [];
      const step = () => {
        window.times.push(window.__corridor_map.clock);
        requestAnimationFrame(step);
      };
      step();
    }""")
    for now_s, wait_ms in [(106, 50), (112, 200), (118, 20), (124, 150), (124, 400), (140, 100)]:
        city.show(Frame(float(now_s)), speed=60.0)
        city.page.wait_for_timeout(wait_ms)
    times = np.array(city.page.evaluate("window.times"))
    assert (np.diff(times) >= 0).all()
    assert 100.0 < times[-1] <= 140.0


def test_clock_lags_little_and_runs_evenly(city):
    city.show(Frame(0.0, is_first=True), speed=60.0)
    begin = city.page.evaluate("performance.now() / 1000")
    behind = []
    for _ in range(30):
        city.page.wait_for_timeout(100)
        now_s = 60 * (city.page.evaluate("performance.now() / 1000") - begin)
        city.show(Frame(now_s), speed=60.0)
        behind.append((now_s - city.of_map("clock")) / 60)
    assert 0.0 <= np.median(behind[10:]) < 0.6  # real seconds


def test_first_frame_forgets_all(city):
    city.show(Frame(500.0, is_first=True, legs=(drive("ambulance-1"),)))
    city.show(Frame(0.0, is_first=True, legs=(drive(),)))
    city.rest()
    assert list(city.of_map("places()")) == ["ambulance-0"]
    assert city.of_map("clock") == 0.0


def test_a_run_as_fast_as_it_can_leaps_from_picture_to_picture(city):
    legs = [drive(begin_s=day * 86_400.0) for day in range(5)]
    city.show(Frame(0.0, is_first=True, legs=(legs[0],)), speed=None)
    city.rest()
    drawn = []
    for day in range(1, 5):
        now_s = day * 86_400.0 + 13.0
        city.show(Frame(now_s, legs=(legs[day],)), speed=None)
        before = city.of_map("frames")
        city.rest()
        drawn.append(city.of_map("frames") - before)
        assert city.of_map("clock") == now_s
        at = city.place(*along(legs[day], now_s))
        assert city.of_map("places()")["ambulance-0"] == pytest.approx(at, abs=1.0)
    assert max(drawn[1:]) <= 2  # once for each message


def test_a_run_as_fast_as_it_can_moves_smoothly_where_that_is_slow(city):
    leg = drive(begin_s=0.0)
    city.show(Frame(0.0, is_first=True, legs=(leg,)), speed=None)
    for tenth in range(1, 11):
        city.page.wait_for_timeout(100)
        city.show(Frame(4.0 * tenth), speed=None)
    before = city.of_map("frames")
    city.page.wait_for_timeout(100)
    city.show(Frame(44.0), speed=None)
    city.page.wait_for_timeout(100)
    assert city.of_map("frames") - before >= 4
    assert city.of_map("clock") <= 44.0


def test_page_that_comes_back_asks_for_everything(city):
    city.show(Frame(10.0, is_first=True, legs=(drive(),)))
    turn = """isHidden => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    city.page.evaluate(turn, True)
    city.page.wait_for_timeout(3500)
    city.show(Frame(5000.0))
    city.page.evaluate(turn, False)
    city.rest()
    assert city.page.evaluate("window.model.sent") == [{"type": "ready"}, {"type": "ready"}]
    assert city.of_map("clock") == 10.0  # what came meanwhile is not waited for


def test_nothing_is_drawn_while_nothing_moves(city):
    city.show(Frame(20.0, is_first=True, legs=(drive(),)))
    city.page.wait_for_timeout(1000)
    before = city.of_map("frames")
    city.page.wait_for_timeout(1000)
    assert city.of_map("frames") == before


def test_who_wants_no_motion_has_none(browser, address):
    call = CallMark(17, 7500.0, 6500.0, 0, "waiting", 0.0)
    drawn = {}
    for wish in ("no-preference", "reduce"):
        with opened(browser, address, reduced_motion=wish) as city:
            city.show(Frame(20.0, is_first=True, calls=(call,)))
            city.page.wait_for_timeout(1000)
            before, scale = city.of_map("frames"), city.of_map("scale")
            city.page.wait_for_timeout(1000)
            drawn[wish] = city.of_map("frames") - before
            if wish == "reduce":  # a double click zooms without a glide
                city.page.mouse.dblclick(400, 300)
                city.page.wait_for_timeout(100)
                assert city.of_map("scale") == pytest.approx(2 * scale)
    assert drawn["no-preference"] >= 5  # a call that waits pulses
    assert drawn["reduce"] == 0

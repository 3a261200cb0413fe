"""Who is clicked, and two runs side by side, on the live page in a real browser."""

from __future__ import annotations

import numpy as np
import pytest

from tests.viz.page.end_to_end import MORNING_S, click, measured

pytestmark = pytest.mark.slow

MAPS = "[...document.querySelectorAll('.corridor-map')].map((one) => one.corridorMap)"
SIXTY_TIMES = 3
"""Step of the slider."""

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
    farthest_s = visitor.ask(f"""async () => {{
        for (let tries = 0; tries < 20; tries += 1) {{
            const apart = [];
            for (let k = 0; k < 40; k += 1) {{
                await new Promise((done) => setTimeout(done, 50));
                const [one, other] = {MAPS};
                apart.push(Math.abs(one.clock - other.clock));
            }}
            if (Math.max(...apart) < 12) return Math.max(...apart);  // a fifth of a real second
        }}
        throw new Error("the clocks are apart at all times");
    }}""")
    measured(f"clocks that run at 60 are at most {farthest_s:.1f} s apart")
    visitor.pause()
    one, other = visitor.ask(f"{MAPS}.map((map) => map.clock)")
    assert one == other
    figures = both_figures(visitor)
    assert {"response_s", "in_target_share", "busy_share"} <= set(figures)
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

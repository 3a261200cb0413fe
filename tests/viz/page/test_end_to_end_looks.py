"""How the live page looks in a real browser, and how it is reached by keys.

Screenshots of the main states are left in ``results/screenshots``.
"""

from __future__ import annotations

import pytest

from tests.viz.page.end_to_end import MORNING_S

pytestmark = pytest.mark.slow

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

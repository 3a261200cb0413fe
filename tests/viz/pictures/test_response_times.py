"""The picture of response times: what its panels hold, and that nothing lies over anything."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from viz.pictures.response_times import draw_response_times


def calls(*rows: tuple[str, float, float | None]) -> pd.DataFrame:
    """Calls by priority, target and response in minutes; without a response they are lost."""
    table = pd.DataFrame(rows, columns=["priority", "target_s", "response_s"])
    return table.assign(target_s=table["target_s"] * 60, response_s=table["response_s"] * 60)


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """The figure of some calls by arm, as it was when it was saved."""

    def drawn(arms: dict[str, pd.DataFrame]) -> Figure:
        kept: list[Figure] = []
        monkeypatch.setattr(
            "viz.pictures.response_times.save_picture", lambda figure, _: kept.append(figure)
        )
        draw_response_times(arms, tmp_path / "times.png", title="Response times")
        kept[0].draw_without_rendering()
        return kept[0]

    return drawn


def test_lines_go_from_nobody_reached_to_the_end_of_the_axis(drawn):
    figure = drawn({"run": calls(("high", 8, 4.0), ("high", 8, 6.0), ("high", 8, None))})
    (panel,) = figure.axes
    line, target = panel.lines
    assert line.get_xdata().tolist() == pytest.approx([0, 4, 6, 8 * 1.04])
    assert line.get_ydata().tolist() == pytest.approx([0, 100 / 3, 200 / 3, 200 / 3])
    assert target.get_xdata() == [8, 8]
    assert panel.get_xlim() == pytest.approx((0, 8 * 1.04))
    assert panel.get_title(loc="left") == "high priority\ntarget 8 min"
    assert not figure.legends  # of one arm


def test_priorities_of_all_arms_have_panels_with_all_their_targets(drawn):
    """Bug: the panels were those of the first arm, which need not have had a call."""
    figure = drawn(
        {
            "first": calls(),
            "other": calls(("low", 30, 9.0), ("high", 8, 4.0)),
            "strict": calls(("high", 6, 4.0)),
        }
    )
    titles = [panel.get_title(loc="left") for panel in figure.axes]
    assert titles == ["high priority\ntarget 6 or 8 min", "low priority\ntarget 30 min"]


@pytest.mark.parametrize("priorities", [1, 3, 4])
def test_nothing_lies_over_a_panel_or_beyond_the_picture(drawn, priorities):
    """Bug: the legend lay over the curves, and targets ran out of their panels."""
    table = calls(*((f"priority{k}", 5 + 8 * k, 4.0) for k in range(priorities)))
    figure = drawn({"as_it_is": table, "an_arm_with_a_long_name": table})
    panels = [panel for panel in figure.axes if panel.get_visible()]
    assert len(panels) == priorities
    (legend,) = figure.legends
    boxes = [panel.get_tightbbox() for panel in panels] + [legend.get_window_extent()]
    for k, box in enumerate(boxes):
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1 + 1
        assert not any(box.overlaps(other) for other in boxes[:k])
    assert np.unique([text.get_text() for text in legend.get_texts()]).size == 2

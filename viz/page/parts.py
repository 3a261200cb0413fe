"""Small parts that the pages of results and of planning share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import solara

from viz.page.plot import Plot
from viz.report.html import Html

STYLE = Path(__file__).parent / "results.css"


@solara.component_vue("choice.vue")
def _Choice(
    name: str,
    label: str,
    options: list[list[str]],
    chosen: str,
    disabled: bool,
    event_choose: Callable[[str], None],
) -> None:
    """The list in the browser."""


def Choice(
    name: str,
    label: str,
    options: Sequence[tuple[str, str]],
    chosen: str,
    choose: Callable[[str], None],
    *,
    disabled: bool = False,
) -> None:
    """One of a list of values; what is none of them is not heard.

    Parameters
    ----------
    name : str
        Its class is ``r-choice-NAME``.
    label : str
    options : sequence of (str, str)
        Values and what is shown for them.
    chosen : str
    choose : callable
    disabled : bool
    """
    known = {value for value, _ in options}
    _Choice(
        name=name,
        label=label,
        options=[list(option) for option in options],
        chosen=chosen,
        disabled=disabled,
        event_choose=lambda value: choose(value) if value in known else None,
    )


@solara.component_vue("tabs.vue")
def Tabs(tabs: list[tuple[str, str]], chosen: str, event_choose: Callable[[str], None]) -> None:
    """Parts of which one is shown."""


@solara.component
def Chart(title: str, figure: dict[str, Any], note: str = "") -> None:
    """A chart on a card."""
    with solara.Div(classes=["c-card", "r-chart"]):
        solara.HTML(tag="h2", unsafe_innerHTML=escape(title), classes=["c-heading"])
        Plot.element(figure=figure)
        if note:
            solara.Div(classes=["c-faint"], children=[note])


@solara.component
def Markup(content: Html, classes: Sequence[str] = ()) -> None:
    """HTML of our own making, in which all texts are escaped."""
    solara.HTML(unsafe_innerHTML=content, classes=list(classes))


@solara.component
def Busy(text: str, done: float | None = None) -> None:
    """That something takes its time; `done` is a share, if it is known."""
    bar = "" if done is None else f' value="{min(max(done, 0.0), 1.0):.3f}"'
    content = f'<progress max="1"{bar}></progress><span>{escape(text)}</span>'
    solara.HTML(unsafe_innerHTML=content, classes=["r-busy"])


@solara.component
def Empty(title: str, text: Html) -> None:
    """What to do where there is nothing yet."""
    solara.HTML(unsafe_innerHTML=f"<b>{escape(title)}</b>{text}", classes=["r-empty"])


@solara.component
def Download(filename: str, content: Callable[[], str | bytes], label: str, class_: str) -> None:
    """A button by which a file is taken along; it is made when somebody presses it."""
    button = solara.Button(label, classes=["c-button", class_])
    solara.FileDownload(content, filename, children=[button])

"""The look of the page: everything can be read, in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from viz.page import theme

THEMES = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
READABLE = 4.5
"""Least contrast of text after WCAG 2.2, level AA."""
TO_BE_SEEN = 3.0
"""Least contrast of signs, there."""


def test_contrast_of_black_on_white_is_21():
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@THEMES
@pytest.mark.parametrize("text", ["ink", "faint", "accent", "better", "worse", "warning", "error"])
@pytest.mark.parametrize("on", ["paper", "ground", "raised", "tint", "warning-tint", "error-tint"])
def test_text_is_readable(dark, text, on):
    colours = theme.colours(dark)
    assert theme.contrast(colours[text], colours[on]) >= READABLE


@THEMES
def test_buttons_are_readable(dark):
    colours = theme.colours(dark)
    assert theme.contrast(colours["on-accent"], colours["accent"]) >= READABLE


@THEMES
def test_lines_of_charts_are_seen_and_differ(dark):
    lines = theme.series(dark)
    assert len(set(lines)) == len(lines)
    for line in lines:
        assert theme.contrast(line, theme.colours(dark)["paper"]) >= TO_BE_SEEN


@THEMES
def test_names_on_the_map_are_readable(dark):
    palette = theme.palette(dark)
    for colour in palette["site_names"].values():
        assert theme.contrast(colour, palette["land"]) >= READABLE
        assert theme.contrast(colour, palette["halo"]) >= READABLE


@THEMES
def test_letters_in_symbols_are_seen(dark):
    for colour in theme.palette(dark)["sites"].values():
        assert theme.contrast("#FFFFFF", colour) >= TO_BE_SEEN


@THEMES
def test_calls_are_seen_on_the_land(dark):
    palette = theme.palette(dark)
    for colour in palette["priorities"]:
        assert theme.contrast(colour, palette["land"]) >= TO_BE_SEEN


def test_both_themes_have_the_same_colours():
    assert set(theme.colours(False)) == set(theme.colours(True))
    assert set(theme.palette(False)) == set(theme.palette(True))


def test_rules_use_only_variables_that_exist():
    sheet = theme.css(dark=False)
    used = set(re.findall(r"var\(--c-([a-z-]+)", sheet))
    assert used <= {*theme.colours(False), "font", "space"}


def test_rules_name_no_colour_of_their_own():
    rules = (Path(theme.__file__).parent / "theme.css").read_text(encoding="utf-8")
    assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b", rules)
    assert "url(" not in rules


def test_documented_classes_have_rules():
    documented = set(re.findall(r"``(c-[a-z]+)", theme.__doc__ or ""))
    rules = theme.css(dark=False)
    assert documented
    assert [name for name in documented if f".{name}" not in rules] == []


def test_dark_colour_of_data_is_lighter():
    assert theme.adapted("#0072B2", dark=False) == "#0072B2"
    assert theme.adapted("#000000", dark=True) == "#4C4C4C"

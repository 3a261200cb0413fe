"""Scenario files and overrides that no scenario can be: one clear message, and no traceback."""

import pytest

from scenarios.errors import ScenarioError
from scenarios.loader import load_scenario
from scenarios.overrides import read_overrides

GOOD = """name = "good"
[run]
days = 2
"""


@pytest.fixture
def load(tmp_path):
    def load(content):
        path = tmp_path / "case.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_scenario(path)

    return load


def mistakes(load, content):
    with pytest.raises(ScenarioError) as caught:
        load(content)
    return str(caught.value).splitlines()


def test_a_byte_order_mark_is_passed_over(load):
    """Bug: a scenario that an editor of Windows saved was no TOML."""
    assert load("\ufeff" + GOOD).run.days == 2


@pytest.mark.parametrize(
    "content",
    [
        "x = " + "[" * 500 + "]" * 500,
        "x = " + "[" * 50_000,
        "x = " + "{a=" * 500 + "1" + "}" * 500,
        ".".join("a" * 900) + " = 1",
        ".".join("a" * 20_000) + " = 1",
        "[" + ".".join("a" * 20_000) + "]",
        " . ".join(['"a b"'] * 900) + " = 1",
        "x = { " + ".".join("a" * 20_000) + " = 1 }",
    ],
)
def test_what_is_nested_too_deeply_is_told_in_a_line(load, content):
    """Bug: 500 levels were a traceback, and a dotted key of 40 kB took 2 GB."""
    [told] = mistakes(load, content)
    assert told.startswith("case.toml: is not TOML: nested more than 64 levels deep")
    assert len(told) < 100


def test_dots_in_texts_and_comments_are_no_levels(load):
    dots = "a." * 200
    text = f'# {dots}\ndescription = "{dots} \\" {dots}" # {dots}\n{GOOD.partition(chr(10))[2]}'
    assert load(text).description.count("a.") == 400


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("[run]\ndays = true", "case.toml: run.days must be a number, got true"),
        ("seed = false", "case.toml: seed must be a number, got false"),
        (
            "[demand]\nhourly_weights = [1, true" + ", 1" * 22 + "]",
            "case.toml: demand.hourly_weights.1 must be a number, got true",
        ),
        ("[travel.siren_kph]\nprimary = true", "case.toml: travel.siren_kph.primary must be a"),
        (
            '[roads]\nsource = "plane_grid"\nrows = 10000\ncolumns = 10000',
            "case.toml: roads: rows times columns must be <= 1,000,000, got 10,000 × 10,000",
        ),
        (
            '[roads]\nsource = "plane_grid"\nrows = 100000000000000000000000\ncolumns = 2',
            "case.toml: roads.rows must be <= 500,000",
        ),
        (f'name = "{"n" * 201}"', "case.toml: name: string should have at most 200 characters"),
        (f'[places]\nsites = "{"s" * 5000}"', "case.toml: no such file: "),
        ('[places]\nsites = "a\\u0000b"', "case.toml: no such file: "),
        ("[demand]\non_scene = 1e300", "case.toml: demand.on_scene.mean_s must be <= 31,622,400"),
        ("[signals]\nactive = true", None),
        ("[dispatch_centre]\nredispatch = true", None),
    ],
)
def test_values_that_cannot_be(load, change, told):
    if told is None:
        load(change)
        return
    assert mistakes(load, change)[0].startswith(told)


def test_overrides_that_are_nested_too_deeply():
    for text in ("x=" + "[" * 5000, "x=" + "[" * 500 + "]" * 500, ".".join("a" * 5000) + "=1"):
        with pytest.raises(ScenarioError, match="levels deep") as caught:
            read_overrides([text])
        assert len(str(caught.value)) < 400


def test_names_that_no_file_can_have():
    for name in ("n" * 5000, "a\0b", "n" * 5000 + ".toml"):
        with pytest.raises(ScenarioError, match="no such"):
            load_scenario(name)

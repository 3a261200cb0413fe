"""What the command line prints and how it ends where runs fail."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from commands.output import MISTAKE, end
from run import app

POLICY = """
class Bracketed:
    def choose(self, call, view):
        raise ValueError("bad [/x] and [bold]thing[/bold]")
"""
MESSAGE = "Bracketed raised ValueError: bad [/x] and [bold]thing[/bold] (failing.py, line 4)"


@pytest.fixture
def failing(tmp_path):
    """How the policy that always fails is named."""
    path = tmp_path / "failing.py"
    path.write_text(POLICY)
    return f"policies.dispatch={path}:Bracketed"


def ended(*words):
    """A short command, its exit code and its lines on both outputs."""
    result = CliRunner().invoke(app, [*words, "--set", "run.days=0.2"])
    return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()


def test_a_run_that_fails_is_told_and_not_drawn(failing, tmp_path):
    """Bug: brackets in the message were taken for markup, and an empty table stood over it."""
    out = tmp_path / "out"
    assert ended("simulate", "city", "--set", failing, "--out", str(out)) == (
        2,
        [],
        ["the run failed:", MESSAGE, f"in {out}: no pictures, since there is nothing to draw"],
    )
    assert not list(out.glob("*.png"))


def test_a_message_that_all_replications_give_is_told_once(failing):
    assert ended("simulate", "city", "--set", failing, "-n", "3", "-w", "1") == (
        2,
        [],
        ["every run failed:", f"3 of 3 replications: {MESSAGE}"],
    )


def test_json_of_runs_that_all_fail(failing):
    code, lines, told = ended("simulate", "city", "--set", failing, "--json")
    found = json.loads("\n".join(lines))
    assert (code, found["rows"], len(found["failures"])) == (2, [], 1)
    assert told == ["the run failed:", MESSAGE]


def test_one_arm_that_fails_leaves_the_other_its_table(failing):
    code, lines, _ = ended("compare", "city", "--arm", "a", "--arm", f"b:{failing}", "-w", "1")
    assert code == 1
    assert any(line.startswith(" Response, mean (min)") for line in lines)
    told = " ".join(" ".join(lines[lines.index("Failed:") + 1 :]).split())
    assert told == f"arm b in 10 of 10 replications: {MESSAGE}"


@pytest.mark.parametrize("words", [["simulate", "city"], ["compare", "city", "--arm", "a"]])
def test_coordination_is_as_setting_its_mechanisms(words):
    def answer(*option):
        code, lines, _ = ended(*words, *option, "--json", "-n", "1", "-w", "1")
        assert code == 0
        return json.loads("\n".join(lines))["rows"]

    alone = answer("--coordination", "rules,risk")
    assert alone == answer("--set", 'coordination.mechanisms=["rules", "risk"]')
    assert alone != answer("--coordination", "off")


def test_a_mistake_of_a_lone_arm_has_no_arm_before_it():
    result = CliRunner().invoke(app, ["simulate", "city", "--set", "policies.dispatch=nearst"])
    assert str(result.exception).startswith("no dispatch policy 'nearst' (did you mean 'nearest'?)")


def test_of_many_mistakes_twenty_lines_are_printed(capsys):
    """Bug: 4,067 places off the map were 4,067 lines."""
    with pytest.raises(SystemExit) as ended:
        end("\n".join(f"mistake {k}" for k in range(4067)), MISTAKE)
    assert ended.value.code == MISTAKE
    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == ["mistake 0", "mistake 1"]
    assert lines[18:] == ["mistake 18", "… and 4,048 more like these"]


def test_lines_are_cut_and_what_no_terminal_can_show_is_escaped(capsys):
    with pytest.raises(SystemExit):
        end("x" * 5000 + "\na\udcffb", MISTAKE)
    assert capsys.readouterr().err == "x" * 1000 + "…\na\\udcffb\n"


def test_more_runs_than_anybody_can_wait_for_are_refused():
    result = CliRunner().invoke(app, ["simulate", "city", "-n", "1" + "0" * 23])
    assert result.exit_code == MISTAKE

"""What-if files: questions answered over worlds."""

from io import StringIO

import pytest

from experiments.what_if import answer_what_if, read_what_if
from scenarios.errors import ScenarioError
from viz.report.what_if import answer_text
from viz.terminal.console import open_console
from viz.terminal.designs import answers_table

FILE = """
case = "{case}"
replications = 2
[set]
"run.days" = 0.1
[arms.base]
"fleet.ambulances" = 2
[arms.more]
"fleet.ambulances" = 30
[arms.same]
"fleet.ambulances" = 2
[worlds]
seed = [1, 2, 3]
[[questions]]
arm = "more"
measure = "in_target_share"
by = -1
[[questions]]
arm = "same"
measure = "response_s"
"""


@pytest.fixture
def write(tmp_path):
    """Write a file, and return its path."""

    def write_file(name, text):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write_file


def test_questions_are_answered_over_worlds(write):
    path = write("what.toml", FILE.format(case="city").replace("by = -1", "by = 0.05"))
    found = answer_what_if(path)
    more, same = found.answers
    assert (more.says, more.worlds, more.share_for) == ("yes", 3, 1.0)
    assert (same.says, same.change, same.share_for) == ("no", 0.0, 0.0)
    assert found.notes[0].startswith("an interval over 3 worlds may hold less often")
    runs = found.batch.summaries.set_index(["arm", "replication"])["in_target_share"].unstack()
    by_world = [
        (runs.loc[f"point-{k}.more"] - runs.loc[f"point-{k}.base"]).mean() for k in (1, 2, 3)
    ]
    assert more.change == pytest.approx(sum(by_world) / 3)


def test_mistakes_of_a_what_if_file_are_told_at_once(write):
    path = write("what.toml", FILE.replace('arm = "same"', 'arm = "sam"'))
    with pytest.raises(ScenarioError, match=r"questions.0.by must be >= 0, got -1"):
        read_what_if(path)
    path.write_text(path.read_text().replace("by = -1", ""))
    with pytest.raises(ScenarioError, match=r"asks for arm 'sam' \(did you mean 'same'\?\)"):
        read_what_if(path)


def test_key_of_a_what_if_file_is_told_among_its_own_keys(write):
    path = write("what.toml", FILE.replace("[worlds]", "[world]").replace("by = -1", "buy = 1"))
    with pytest.raises(ScenarioError) as caught:
        read_what_if(path)
    assert str(caught.value).splitlines() == [
        "what.toml: unknown key 'questions.0.buy' (did you mean 'questions.0.by'?)",
        "what.toml: unknown key 'world' (did you mean 'worlds'?)",
    ]


def test_question_of_an_unknown_measure_names_the_nearest(write):
    path = write("what.toml", FILE.replace("by = -1", "").replace('"response_s"', '"respons_s"'))
    with pytest.raises(ScenarioError, match=r"'respons_s' is no .*did you mean 'response_s'\?"):
        read_what_if(path)


@pytest.mark.parametrize("key", ['"fleet.ambulances"', "fleet"])
def test_key_of_worlds_that_an_arm_sets_is_refused(write, key):
    """Else the arm would be the same in all worlds, and its change would be that of the world."""
    text = FILE.replace("by = -1", "").replace("seed = [", f"{key} = [")
    with pytest.raises(ScenarioError, match=r"arms.more sets fleet.ambulances, which \[worlds\]"):
        read_what_if(write("what.toml", text))


def test_worlds_without_a_value_are_told_and_not_counted(write):
    text = FILE.format(case="city").replace("by = -1", "discover = true")
    text = text.replace("seed = [1, 2, 3]", '"demand.calls_per_day" = [0, 150]')
    found = answer_what_if(write("what.toml", text))
    assert [one.worlds for one in found.answers] == [1, 1]
    note = "1 of 2 worlds have no value of in_target_share and are left out of what it answers"
    assert note in found.notes
    assert found.discoveries[0] == (
        "1 of 2 worlds have a value of in_target_share, and a box needs more"
    )


def test_answer_without_any_value_is_told_without_figures(write, recwarn):
    text = FILE.format(case="city").replace("by = -1", "")
    text = text.replace("seed = [1, 2, 3]", '"demand.calls_per_day" = [0]')
    found = answer_what_if(write("what.toml", text))
    assert {one.says for one in found.answers} == {"open"}
    with StringIO() as file:
        open_console(file=file, width=100).print(answers_table(found, ""))
        assert "nan" not in file.getvalue()
    assert "No world has a value" in answer_text(found.answers[0], found)
    assert not recwarn.list

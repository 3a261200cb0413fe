"""What-if files: questions answered over worlds."""

import pytest

from experiments.what_if import answer_what_if, read_what_if
from scenarios.errors import ScenarioError

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

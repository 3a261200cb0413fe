"""What the gate takes for an answer, and hands on in plain numbers."""

import numpy as np
import pytest

from environment.demand.calls import Call
from policies.base import Move, PolicyError
from policies.decision import Decision
from policies.gate import Gate
from policies.relocation import RELOCATION
from policies.relocation.decision import SmallRelocationView
from policies.signals import SIGNALS
from policies.signals.decision import SmallSignalView
from policies.small_city import SmallCity
from policies.watch import Watch

STREET = SmallCity(1, 10, 60.0, (0, 3, 9), (0,), home=(0, 1, 2, 2))
CALL = Call(0, 0.0, 5, 0.0, 0, 0, 1, 0.0, 0.0, 0.0, True)
TWO_LIGHTS = SmallSignalView(0.0, ((7, 100.0, 9.0, 300.0), (4, 250.0, 21.0, 500.0)))


class Answer:
    """Answers every question alike."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def move(self, view: object) -> object:
        return self.answer

    def give_way(self, call: object, view: object) -> object:
        return self.answer


def ask(answer: object, decision: Decision, *question: object) -> object:
    """What the gate makes of an answer to a decision."""
    return Gate({decision: [Answer(answer)]}, Watch()).ask(decision, *question)


def moves(answer: object, freed: int | None = 2) -> list[Move]:
    """With 0, 2 and 3 available, and station B closed."""
    available = tuple(STREET.ambulance(number) for number in (0, 2, 3))
    view = SmallRelocationView(STREET, 0.0, freed, available, (0.25,) * 4, closed=("B",))
    return ask(answer, RELOCATION, view)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        [Move(2, "A")],
        [Move(0, "C")],
        (Move(0, "C"), Move(2, "A")),
        [Move(np.int64(2), np.str_("A"))],
    ],
)
def test_moves_that_can_be_made(answer) -> None:
    got = moves(answer)
    assert got == list(answer)
    assert all(type(move.ambulance) is int and type(move.station) is str for move in got)


@pytest.mark.parametrize("freed", [2, None])
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "Answer answered None; expected a sequence of Move, empty if everybody goes on as"),
        ([(2, "A")], "Answer answered [(2, 'A')]; expected a sequence of Move"),
        ([Move(1, "A")], "Answer moved ambulance 1, which is not available; available: 0, 2, 3"),
        ([Move(True, "A")], "Answer moved ambulance True, which is not available; available: 0"),
        ([Move(9, "A")], "Answer moved ambulance 9, which is not available; available: 0, 2, 3"),
        (
            [Move(2, "AA")],
            "Answer moved ambulance 2 to 'AA', which is no station (did you mean 'A'?)",
        ),
        ([Move(2, 0)], "Answer moved ambulance 2 to 0, which is no station (known: A, B, C)"),
        ([Move(2, "B")], "Answer moved ambulance 2 to station B, which is closed; open: A, C"),
        ([Move(2, "A"), Move(2, "C")], "Answer moved ambulance 2 twice"),
    ],
)
def test_moves_that_cannot_be_made(answer, message: str, freed: int | None) -> None:
    with pytest.raises(PolicyError) as error:
        moves(answer, freed)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    "answer", [0, 0.0, 300, 200.5, np.float64(200.5), np.int32(7), np.array(3)]
)
def test_one_distance_for_all_lights(answer) -> None:
    got = ask(answer, SIGNALS, CALL, TWO_LIGHTS)
    assert type(got) is float
    assert got == answer


@pytest.mark.parametrize("answer", [[100, 0], (1.5, 2.5), np.array([100, 200])])
def test_a_distance_for_each_light(answer) -> None:
    got = ask(answer, SIGNALS, CALL, TWO_LIGHTS)
    assert isinstance(got, np.ndarray)
    assert got.dtype == np.float64
    assert got.tolist() == list(answer)


@pytest.mark.parametrize(
    "answer",
    [-1, -0.5, float("nan"), float("inf"), None, "300", True, [100], [1, 2, 3], [1, -1],
     [1, float("nan")], [[1, 2]], [1, [2]], ["1", "2"], {7: 100}, object],
)  # fmt: skip
def test_what_is_no_distance(answer) -> None:
    with pytest.raises(
        PolicyError, match=r"^Answer answered .*; expected a number of metres >= 0, "
    ):
        ask(answer, SIGNALS, CALL, TWO_LIGHTS)

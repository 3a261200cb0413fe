"""Ambulances that wait elsewhere, solved by hand in the city of `four_streets`."""

import pytest

from tests.simulation.four_streets import C, E, S, W, timeline

B_FIRST = {"use": "compliance_table", "table": {"1": ["B"], "2": ["A", "B"]}}
BOTH_AT_A = {
    "sites.csv": (
        "site_id,kind,x,y,ambulances\n"
        "A,station,-1000,50,2\nB,station,1000,0,0\nH,hospital,0,1025,0\n"
    )
}


def moves(result):
    columns = ["ambulance", "reason", "station", "left_s", "ended_s", "metres", "arrived"]
    return [tuple(row) for row in result.moves[columns].itertuples(index=False)]


def test_a_compliance_table(run_city):
    result = run_city({"called_s": 0, "place": C}, policies__relocation=B_FIRST)
    # Crew 1 goes; the one that is left drives from A to B: 10 + 140 s. Crew 1 is clear at C at
    # 208. That crew 0 stays at B and 1 goes to A takes 90 s, the other way round 60 + 150 s.
    assert moves(result) == [(0, "move_up", "B", 0, pytest.approx(150), 2000, True)]
    assert timeline(result) == [pytest.approx((0, 1, True, 0, 60, 108, 208, 208, 298, "home"))]
    assert result.missions["home_m"].tolist() == [1000]
    hours = result.hours.groupby("ambulance").sum()
    assert hours["moving_s"].tolist() == pytest.approx([150, 0])
    assert hours["idle_s"].tolist() == pytest.approx([12 * 3600 - 150, 12 * 3600 - 298])


def test_from_where_it_waits(run_city):
    result = run_city(
        {"called_s": 0, "place": C}, {"called_s": 400, "place": W}, policies__relocation=B_FIRST
    )
    # Crew 1 stands at A since 298 and is nearest to W; crew 0 stays at B, where it is wanted.
    second = timeline(result)[1]
    assert second == pytest.approx((1, 1, True, 400, 460, 470, 570, 570, 580, "home"))
    assert len(moves(result)) == 1


def test_sent_to_a_call_while_it_moves(run_city):
    result = run_city(
        {"called_s": 0, "place": C}, {"called_s": 50, "place": S}, policies__relocation=B_FIRST
    )
    # At 50 crew 0 is 40 s before C: there it turns to S, 96 s with siren. At 208 crew 1 is the
    # only one free and drives to B; at 286 crew 0 is free, too, and drives to A.
    assert moves(result) == [(0, "move_up", "B", 0, pytest.approx(50), 1000, False)]
    expected = [
        (1, 0, False, 50, 50, 186, 286, 286, 496, "home"),
        (0, 1, True, 0, 60, 108, 208, 208, 268, "home"),
    ]
    assert timeline(result) == [pytest.approx(row) for row in expected]


def test_moved_on_while_it_returns(run_city):
    table = {"1": ["A"], "2": ["A", "A"]}
    result = run_city(
        {"called_s": 0, "place": E, "scene_s": 10},
        {"called_s": 100, "place": W, "scene_s": 400},
        policies__relocation={"use": "compliance_table", "table": table},
    )
    # At the start nobody is asked. Crew 1 goes to E and is clear at 70; two are free: both to A,
    # so it drives there: C at 130. At 100 crew 0 leaves for W; the one left is bound for A.
    assert moves(result) == []
    first = timeline(result)[1]
    assert first == pytest.approx((0, 1, True, 0, 60, 60, 70, 70, 220, "home"))


def test_only_once_at_base(run_city):
    result = run_city(
        {"called_s": 0, "place": C}, policies__relocation=B_FIRST, fleet__available_after="base"
    )
    # Crew 1 drives home and is there at 268: both stand at B, and one of them moves to A.
    assert timeline(result) == [pytest.approx((0, 1, True, 0, 60, 108, 208, 208, 268, "home"))]
    first, second = moves(result)
    assert first == (0, "move_up", "B", 0, pytest.approx(150), 2000, True)
    assert second[1:] == ("move_up", "A", pytest.approx(268), pytest.approx(418), 2000, True)


def test_dmexclp_sends_the_freed_crew_where_it_adds_most(run_city):
    result = run_city(
        {"called_s": 0, "place": C},
        files=BOTH_AT_A,
        policies__relocation={"use": "dmexclp", "target_s": 100},
    )
    # Within 100 s with siren A reaches west and centre, B east and centre (A–C 74 s, B–C 48 s).
    # The other crew stands at A. Beside it the freed one adds 1/2 · 1/2 for west and for centre
    # at A; at B 1/2 for east and 1/4 for centre. So B: 60 s from C, where it is clear at 234.
    assert timeline(result) == [pytest.approx((0, 0, True, 0, 60, 134, 234, 234, 294, "home"))]
    assert result.missions["home_m"].tolist() == [1000]


def test_dmexclp_at_once_and_from_the_new_station(run_city):
    result = run_city(
        {"called_s": 0, "place": C},
        {"called_s": 500, "place": E},
        files=BOTH_AT_A,
        policies__relocation={"use": "dmexclp", "target_s": 100},
    )
    assert result.missions["ambulance"].tolist() == [0, 0]
    assert result.missions["arrived_s"].tolist() == pytest.approx([134, 560])
    # Clear at 660 at E: alone beside the one at A it stays at B.
    assert result.missions["home_s"].tolist()[1] == pytest.approx(660)


def test_a_table_that_wants_what_is_there_changes_nothing(run_city):
    calls = [{"called_s": 90 * k, "place": (C, E, W, S)[k % 4]} for k in range(8)]
    at_home = {"use": "compliance_table", "table": {"2": ["A", "B"]}}
    plain, table = run_city(*calls), run_city(*calls, policies__relocation=at_home)
    assert timeline(plain) == timeline(table)
    assert len(table.moves) == 0

"""Beside Blank's paper (2021) on Za'atari camp: its tables, our camp, outbreaks and checks."""

import io
import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import norm
from typer.testing import CliRunner

from experiments.errors import BatchError
from papers.zaatari.as_json import zaatari_json
from papers.zaatari.beyond import extend_lists, grow_fleet, let_wait
from papers.zaatari.camp import (
    CLINICS,
    Camp,
    FittedCamp,
    Setting,
    base_row,
    district_centres,
    draw_camp,
)
from papers.zaatari.camps import CampSample, shares_of_camps
from papers.zaatari.claims import CLAIMS, loss_left
from papers.zaatari.experiment import QUICK, run_zaatari
from papers.zaatari.fit import fit_camp
from papers.zaatari.outbreaks import box_plot, draw_cases, run_outbreaks
from papers.zaatari.paper import (
    FITTED_ROW,
    TABLE_2,
    TABLE_3,
    Combination,
    Spread,
)
from papers.zaatari.replica import base_table
from papers.zaatari.report import draw_zaatari
from papers.zaatari.search import Search
from papers.zaatari.simulation_check import check_base, simulate_system
from papers.zaatari.tables import print_zaatari
from policies.hypercube import HypercubeSystem, solve
from policies.hypercube.placement.local_search import local_search
from policies.hypercube.placement.problem import Placement
from simulation.streams import stream
from viz.terminal.console import open_console

CAMP = draw_camp(stream(1, 0, "zaatari.camp"))
SETTING = Setting(7.5, 17.0, 4, (0, 8, 22, 28, 29), 0.0)
FITTED = FittedCamp(CAMP, SETTING)
SMALLEST = QUICK._replace(
    runs=30, sample=10, simulated=1, calls=4000, most_servers=6, searches=2, camps=1
)


@pytest.fixture(scope="module")
def found():
    """All but the search of every placement, in whose stead stands one of two fixed results."""
    best = Placement(SETTING.sites, 230.0, "exhaustive", True, 142_506, 230.0)
    worse = replace(best, cost=234.6, found_by="genetic", tried=1000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "papers.zaatari.experiment.search_sites",
            lambda *_: Search(best, [best, replace(worse, sites=(0, 1, 2, 3, 4))]),
        )
        return run_zaatari(SMALLEST)


def few(combination, runs, least_cases=1, seed=1):
    return draw_cases(CAMP, combination, runs, np.random.default_rng(seed), least_cases=least_cases)


def test_tables_of_the_paper():
    assert len(TABLE_3) == 2 * 9 * 3
    assert TABLE_3[5, Combination(5, 2), "gini_a"] == Spread(0.1530, 0.4855)
    assert TABLE_3[7, Combination(10, 1), "gini_b"] == Spread(0.3274, 1.4395)
    assert TABLE_3[7, Combination(10, 3), "loss"] == Spread(0.5336, 0.7882)
    assert FITTED_ROW.calls_per_hour == 2


def test_claims_hold_of_the_paper_itself():
    assert [claim.holds(TABLE_3) for claim in CLAIMS] == [True] * 5
    assert loss_left(TABLE_3) == pytest.approx(0.3115 / 0.3413, abs=0.03)


def test_claims_fail_where_they_should():
    """Seven servers that are as good as five, and a table turned upside down."""
    same = {key: TABLE_3[5, *key[1:]] for key in TABLE_3}
    assert [claim.holds(same) for claim in CLAIMS] == [True, True, True, False, True]
    opposite = {key: Spread(-spread.median, 0) for key, spread in TABLE_3.items()}
    assert not any(claim.holds(opposite) for claim in CLAIMS[:4])
    halved = {
        key: Spread(spread.median / (1 if key[0] == 5 else 2), 0) for key, spread in same.items()
    }
    assert not CLAIMS[4].holds(halved)


def test_the_camp_is_as_described():
    assert CAMP.points.shape == (200, 2)
    assert CAMP.sites.shape == (30, 2)
    assert (CAMP.sites[:4] == CLINICS).all()
    assert district_centres()[0] == pytest.approx([12.5, 250 / 3])  # the upper left
    assert np.bincount(CAMP.district) == pytest.approx(200 * CAMP.inhabitants, abs=1)
    assert CAMP.inhabitants[0] == pytest.approx(12 / 78)
    inside = abs(CAMP.points - district_centres()[CAMP.district])
    assert (inside <= [12.5, 50 / 3]).all()


def test_times_by_hand():
    """A point 30 cells east of its clinic, and a server 40 cells north of that."""
    far = np.array([(1e6, 1e6)] * 3)
    sites = np.concatenate([[(0.0, 0.0)], far, [(0.0, 40.0)]])
    camp = Camp(np.array([(30.0, 0.0)]), np.zeros(1, dtype=int), sites, np.ones(12) / 12)
    s_per_cell = 23 / (10 / 3.6)
    assert camp.travel_s(10.0)[4, 0] == pytest.approx(50 * s_per_cell)
    assert camp.service_s(10.0, 15.0)[4, 0] == pytest.approx(900 + (50 + 30 + 40) * s_per_cell)


def test_the_fit_finds_its_own_camp_again(monkeypatch):
    """Figures that a known camp gives are fitted without a misfit, by the values that made them."""
    truth = Setting(9.0, 25.0, 3, (), 0.0)
    problem = FittedCamp(CAMP, truth).problem(5, 2.0)
    sites = local_search(problem, np.random.default_rng(1), random_starts=20).sites
    row = base_row(solve(FittedCamp(CAMP, truth).system(sites, 2.0)))
    monkeypatch.setattr("papers.zaatari.fit.FITTED_ROW", row)
    best = fit_camp(CAMP, np.random.default_rng(1))[0]
    assert best.level == 3
    assert best.sites == sites
    assert best.misfit < 1e-5
    assert (best.speed_kph, best.scene_min) == pytest.approx((9.0, 25.0), rel=1e-3)


def test_the_two_added_servers_stand_in_the_upper_left():
    added = FITTED.seven[5:]
    assert FITTED.seven[:5] == SETTING.sites
    assert not set(added) & set(SETTING.sites)
    assert (CAMP.sites[list(added)] * [1, -1] <= [25, -200 / 3]).all()


def mean_of_rounded(mean, sd, least):
    """Of a normal number that is rounded and not below `least`."""
    return least + norm.sf(np.arange(least + 0.5, 60), mean, sd).sum()


@pytest.mark.parametrize("combination", [Combination(1, 1), Combination(5, 2), Combination(10, 3)])
@pytest.mark.parametrize("least", [0, 1])
def test_as_many_cases_as_the_rules_say(combination, least):
    cases = few(combination, 20_000, least).sum(axis=1)
    wanted = mean_of_rounded(combination.cases, 2, least)
    wanted *= mean_of_rounded(combination.outbreaks, 0.75, 0)
    assert abs(cases.mean() - wanted) < 4 * cases.std() / np.sqrt(len(cases))


def test_the_least_number_of_cases_matters_for_the_smallest_outbreaks():
    assert mean_of_rounded(1, 2, 1) == pytest.approx(1.79, abs=0.005)
    assert mean_of_rounded(1, 2, 0) == pytest.approx(1.39, abs=0.005)


def test_cases_are_near_each_other_and_where_people_live():
    cases = few(Combination(10, 1), 2000)
    one = cases[cases.sum(axis=1) == 10][0]
    where = np.repeat(CAMP.points, one, axis=0)
    assert np.linalg.norm(where - where.mean(axis=0), axis=1).mean() < 15
    by_district = np.bincount(CAMP.district, cases.sum(axis=0))
    assert np.corrcoef(by_district, CAMP.inhabitants)[0, 1] > 0.95


def test_outbreaks_one_by_one():
    """Run for run as the exact solver says; without a case nothing deviates."""
    cases = few(Combination(5, 1), 40)
    system = FITTED.system(SETTING.sites, 2.0)
    runs, base = run_outbreaks(system, cases), solve(system)
    busier = HypercubeSystem(
        system.calls_per_hour + cases[7], system.travel_s, system.preferences[:, 0],
        system.service_s, service_mode="paper",
    )  # fmt: skip
    answer = solve(busier)
    assert runs.loss[7] == pytest.approx(answer.mean_loss, rel=1e-7)
    assert runs.gini_a[7] == pytest.approx(abs(answer.loss - base.loss).mean(), rel=1e-6)
    minutes = abs(answer.response_s - base.response_s).mean() / 60
    assert runs.gini_b[7] == pytest.approx(minutes, rel=1e-6)
    calm = runs.cases == 0
    assert calm.any()
    assert runs.gini_a[calm] == pytest.approx(0, abs=1e-8)


def test_box_plot_by_hand():
    assert box_plot(np.array([1.0, 2, 3, 4, 5, 8.1])) == Spread(3.5, 8.1)
    assert box_plot(np.array([1.0, 2, 3, 4, 5, 8.9])) == Spread(3.5, 5.0)


@pytest.mark.parametrize("law", ["exponential", "lognormal"])
def test_simulation_of_what_erlang_solved(law):
    """Five servers, everyone alike: Erlang B, whatever the law; Erlang C, exponential only."""
    alike = HypercubeSystem(
        [1.0, 1.0], np.full((5, 2), 60.0), [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0]], 3600.0
    )
    found = simulate_system(alike, 200_000, np.random.default_rng(2), law)
    assert found.loss.low < 0.0366972 < found.loss.high
    assert found.response_min.mean == pytest.approx(1.0)
    if law == "exponential":
        line = HypercubeSystem(
            [1.0, 1.0], np.full((5, 2), 60.0), alike.preferences[:, 0], 3600.0, "infinite"
        )
        waits = simulate_system(line, 200_000, np.random.default_rng(3), law)
        assert waits.wait_min.low < solve(line).mean_wait_s / 60 < waits.wait_min.high
        assert waits.loss.mean == 0
        assert waits.response_min.mean == pytest.approx(1 + waits.wait_min.mean, rel=1e-3)


def test_hypercube_beside_the_simulation():
    """Both modes within 15 % in loss, calibrated within 1 % in response time."""
    for row in check_base(FITTED, 100_000, 1):
        if row.line == "loss" and row.calls_per_hour >= 3:
            for mode in ("paper", "calibrated"):
                assert row.expected[mode].loss == pytest.approx(row.simulated.loss.mean, rel=0.15)
            response_min = row.expected["calibrated"].response_min
            assert response_min == pytest.approx(row.simulated.response_min.mean, rel=0.01)


def test_more_servers_and_longer_lists_help():
    cases = {c: few(c, 25) for c in (Combination(5, 2), Combination(10, 1))}
    five, six, seven = grow_fleet(FITTED, 7, cases, 1)
    assert five.sites == SETTING.sites
    assert five.base.mean_min > six.base.mean_min > seven.base.mean_min
    # Two servers beside others in the upper left are worth less than two wherever they are best.
    there = base_row(solve(FITTED.system(FITTED.seven, 2.0)))
    assert seven.base.mean_min < there.mean_min < five.base.mean_min
    for row in extend_lists(FITTED, cases):
        lost_by_five, lost, lost_with_longer = row.loss
        assert lost_with_longer < lost < lost_by_five


def test_lines_grow_without_end_where_calls_are_too_many():
    cases = {Combination(10, 3): few(Combination(10, 3), 10)}
    calm, outbreak = let_wait(FITTED, 5, cases)
    assert (calm.combination, calm.endless) == (None, 0)
    assert 0 < calm.waiting < 0.05
    assert outbreak.endless == 1
    assert outbreak.wait_min == np.inf


def test_share_of_camps_with_wilsons_interval():
    """8 of 10: 49.0 to 94.3 %."""
    samples = [CampSample(SETTING, (k < 8,) * 5, 1.0) for k in range(10)]
    share = shares_of_camps(samples)[0]
    assert (share.mean, share.low, share.high) == pytest.approx((0.8, 0.4902, 0.9433), abs=1e-4)


@pytest.mark.slow
def test_the_whole_run_is_the_same_again():
    """And the sites of the fit are the best of all placements."""
    first, second = (run_zaatari(SMALLEST) for _ in range(2))
    assert zaatari_json(first) == zaatari_json(second)
    assert first.search.optimum.sites == first.replica.settings[0].sites
    assert all(one.cost >= first.search.optimum.cost * (1 - 1e-9) for one in first.search.genetic)


def test_what_is_fitted_and_what_is_not(found):
    """The best setting is first, and loses the share of calls that it is fitted to."""
    misfits = [setting.misfit for setting in found.replica.settings]
    assert misfits == sorted(misfits)
    assert {setting.level for setting in found.replica.settings} == {1, 2, 3, 4}
    ours = found.replica.base[1]
    assert ours.loss == pytest.approx(FITTED_ROW.loss, rel=0.05)
    assert found.replica.base == base_table(found.replica.fitted)


def test_shape_of_our_tables(found):
    rows = found.replica.base
    assert len(rows) == len(TABLE_2)
    for less, more in pairwise(rows):
        assert less.first_available > more.first_available
        assert less.mean_min < more.mean_min
        assert less.loss < more.loss
    assert set(found.replica.table) == set(TABLE_3)
    assert [fleet.servers for fleet in found.beyond.fleets] == [5, 6]


def test_json_and_terminal(found):
    data = json.loads(zaatari_json(found))
    assert len(data["table_3"]) == 54
    assert data["table_3"][0]["paper"]["median"] == 0.0359
    assert [claim["paper"] for claim in data["claims"]] == [True] * 5
    queues = {(row["servers"], row["combination"]): row for row in data["beyond"]["queues"]}
    assert queues[5, "C10-O3"]["wait_min"] is None
    text = io.StringIO()
    print_zaatari(open_console(file=text, width=80), found)
    lines = text.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert not any("…" in line for line in lines if "C…-O…" not in line)
    told = " ".join(text.getvalue().split())
    assert "found the best of 142,506 placements in 50% of 2 runs" in told
    assert "2.00 % at worst" in told
    row = next(line for line in lines if line.startswith(" λ = 2")).split()
    assert row[3] == "71.60"
    assert row[4] == f"{100 * found.replica.base[1].first_available:.2f}"


def test_pictures(found, tmp_path):
    paths = draw_zaatari(found, tmp_path)
    assert [path.name for path in paths] == [
        "camp.png", "cases.png", "box_plots_5.png", "box_plots_7.png",
    ]  # fmt: skip
    assert all(path.stat().st_size > 20_000 for path in paths)


def test_mistakes_on_the_command_line(tmp_path):
    from run import app

    def run(*words):
        return CliRunner().invoke(app, ["reproduce", *words])

    ended = run("zaatary")
    assert ended.exit_code == 2
    assert (
        "no such reproduction (there are: zhao, smart-ems, zaatari, scott-rutner, hubei)"
        in ended.stderr
    )
    for refused_option in (["--resume"], ["--workers", "2"]):
        refused = run("zaatari", *refused_option)
        assert isinstance(refused.exception, BatchError)
        assert "leave out --workers and --resume" in str(refused.exception)
    (tmp_path / "file").touch()
    refused = run("zaatari", "--out", str(tmp_path / "file" / "folder"))
    assert isinstance(refused.exception, BatchError)
    assert "no folder can be made there: Not a directory" in str(refused.exception)
    with pytest.raises(BatchError, match="replications must be >= 1, got 0"):
        run_zaatari(SMALLEST._replace(runs=0))

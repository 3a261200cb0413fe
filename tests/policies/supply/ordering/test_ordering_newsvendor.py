"""The newsvendor against printed answers, SciPy's distributions and brute force."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from policies.base import PolicyError
from policies.ordering.laws import (
    DemandLaw,
    LognormalDemand,
    NormalDemand,
    PoissonDemand,
    TableDemand,
)
from policies.ordering.newsvendor import Item, best_quantity, newsvendor, outcome
from policies.ordering.one_order.assortment import Assortment

SAMPLE = [3, 0, 7, 3, 12, 5, 3, 9, 0, 4]
LOG_SD = math.sqrt(math.log1p(0.6**2))
LAWS = [
    (NormalDemand(50.0, 8.0), stats.norm(50, 8)),
    (LognormalDemand(50.0, 30.0), stats.lognorm(LOG_SD, scale=50 * math.exp(-(LOG_SD**2) / 2))),
    (PoissonDemand(0.3), stats.poisson(0.3)),
    (PoissonDemand(41.5), stats.poisson(41.5)),
    (PoissonDemand(20_000.0), stats.poisson(20_000)),
    (
        TableDemand([4, 1, 6], [0.5, 0.2, 0.3]),
        stats.rv_discrete(values=([1, 4, 6], [0.2, 0.5, 0.3])),
    ),
]

costs = st.integers(0, 8).map(float)
probabilities = st.floats(0.001, 0.999)


@st.composite
def tables(draw: st.DrawFn) -> TableDemand:
    weight = np.array(draw(st.lists(st.integers(1, 9), min_size=1, max_size=6)))
    size = len(weight)
    value = draw(st.lists(st.integers(0, 12), min_size=size, max_size=size, unique=True))
    return TableDemand(value, weight / weight.sum())


@st.composite
def whole_items(draw: st.DrawFn) -> Item:
    law: DemandLaw = draw(st.one_of(tables(), st.integers(0, 9).map(PoissonDemand)))
    unit, holding, shortage = draw(costs), draw(costs), draw(costs)
    return Item(law, unit or 0.5, holding, shortage, float(draw(st.integers(-4, 6))))


@pytest.mark.parametrize(
    ("item", "quantity", "cost"),
    [
        (Item(NormalDemand(50, 8), 0, 0.18, 0.70), 56.603956, 1.997605),
        (Item(NormalDemand(120, 10), 0, 2, 18), 132.815516, 35.099666),
    ],
)
def test_printed_answers(item: Item, quantity: float, cost: float) -> None:
    best = newsvendor(item)
    assert best.quantity == pytest.approx(quantity, abs=1e-6)
    assert best.cost == pytest.approx(cost, abs=1e-6)


def test_six_centres_printed() -> None:
    means, sds = (120, 80, 100, 60, 150, 90), (30, 20, 25, 15, 40, 20)
    items = [Item(NormalDemand(m, s), 1, 0.5, 9) for m, s in zip(means, sds, strict=True)]
    best = [newsvendor(item) for item in items]
    z = [(one.quantity - m) / s for one, m, s in zip(best, means, sds, strict=True)]
    assert z == pytest.approx([1.003148] * 6, abs=1e-6)
    assert sum(one.quantity for one in best) == pytest.approx(750.472195, abs=1e-6)
    assert sum(one.cost for one in best) == pytest.approx(943.722841, abs=1e-6)


def test_service_of_the_normal_order() -> None:
    # h = 2, p = 18: the critical ratio 0.9 is the cycle service level; the loss at z = 1.281552 is
    # phi(z) - 0.1 z = 0.047342, of sd 10 out of a mean of 120.
    best = newsvendor(Item(NormalDemand(120, 10), 0, 2, 18))
    assert best.cycle_service_level == pytest.approx(0.9)
    assert best.shortage == pytest.approx(0.47342, abs=1e-4)
    assert best.fill_rate == pytest.approx(1 - 0.047342 * 10 / 120, abs=1e-6)
    assert best.surplus - best.shortage == pytest.approx(best.quantity - 120)


@pytest.mark.parametrize(("law", "scipys"), LAWS, ids=lambda law: type(law).__name__)
def test_laws_agree_with_scipy(law: DemandLaw, scipys) -> None:
    assert law.mean == pytest.approx(scipys.mean())
    for probability in (1e-6, 0.05, 0.2, 0.5, 0.7, 0.95, 0.999999):
        level = law.quantile(probability)
        assert level == pytest.approx(scipys.ppf(probability))
        for near in (level, level + 0.25, level - 1):
            assert law.probability_met(near) == pytest.approx(scipys.cdf(near))
            assert law.shortage(near) == pytest.approx(loss(scipys, near), rel=1e-5, abs=1e-6)


def loss(scipys, level: float) -> float:
    """E (D - level)⁺ by adding up how probable it is that demand exceeds each further unit."""
    end = scipys.ppf(1 - 1e-13)
    if isinstance(getattr(scipys, "dist", scipys), stats.rv_continuous):
        return integrate.quad(scipys.sf, level, max(end, level), epsabs=1e-9, limit=200)[0]
    above = np.arange(math.floor(level) + 1, end + 50)
    first = (above[0] - level) * scipys.sf(above[0] - 1)
    return first + scipys.sf(above).sum()


@pytest.mark.parametrize("law", [NormalDemand(30.0, 0.0), TableDemand([30], [1])])
def test_known_demand_is_ordered_exactly(law: DemandLaw) -> None:
    best = newsvendor(Item(law, 2, 1, 3, stock=12))
    assert best == (18, 36, 0, 0, 1, 1, 0)
    short = outcome(Item(law, 2, 1, 3), 10)
    assert short == (10, 20 + 3 * 20, 0, 20, pytest.approx(1 / 3), 0, 0)


@pytest.mark.parametrize(
    "law", [LognormalDemand(50.0, 30.0), PoissonDemand(4.0), TableDemand.from_sample(SAMPLE)]
)
def test_what_is_owed_is_short_besides_the_demand(law: DemandLaw) -> None:
    assert law.shortage(-3) == pytest.approx(law.mean + 3)
    assert law.shortage(0) == pytest.approx(law.mean)
    assert law.probability_met(-3) == 0


def test_hardly_any_deviation_is_as_none() -> None:
    law = NormalDemand(30.0, 1e-300)
    assert [law.shortage(level) for level in (20, 40)] == [10, 0]
    assert [law.probability_met(level) for level in (20, 40)] == [0, 1]


def test_sample_and_table_are_the_same_law() -> None:
    sample = TableDemand.from_sample(SAMPLE)
    table = TableDemand([0, 3, 4, 5, 7, 9, 12], [0.2, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1])
    for level in (-1, 0, 3, 4.5, 12, 13):
        assert sample.shortage(level) == pytest.approx(table.shortage(level))
        assert sample.probability_met(level) == pytest.approx(np.mean(np.array(SAMPLE) <= level))
    # Eight of ten periods asked for 7 or less, and rounding must not make it nine.
    assert sample.quantile(0.8) == table.quantile(0.8) == 7


def test_no_demand_needs_no_order() -> None:
    best = newsvendor(Item(PoissonDemand(0), 1, 1, 5))
    assert best == (0, 0, 0, 0, 1, 1, 0)


@settings(max_examples=30)
@given(whole_items())
def test_brute_force_finds_nothing_better(item: Item) -> None:
    best = newsvendor(item)
    assert best.quantity % 1 == 0
    costs = Assortment([item] * 60, whole=True).cost(np.arange(60.0))
    assert best.cost <= costs.min() + 1e-9


@given(
    st.sampled_from([law for law, _ in LAWS]),
    st.floats(0.1, 9),
    st.floats(0, 9),
    st.floats(0, 30),
    st.floats(-2, 2),
)
def test_cost_is_least_where_it_says(law, unit, holding, shortage, change) -> None:
    item = Item(law, unit, holding, shortage)
    best = newsvendor(item)
    other = outcome(item, max(0.0, best.quantity + change))
    assert best.cost <= other.cost * (1 + 1e-9) + 1e-9


@given(st.sampled_from([law for law, _ in LAWS]), st.floats(0.1, 9), st.floats(0, 1), costs)
def test_never_orders_what_costs_as_much_as_its_lack(law, unit, share, holding) -> None:
    assert best_quantity(Item(law, unit, holding, unit * share)) == 0


@given(st.sampled_from([law for law, _ in LAWS]), st.floats(0, 100), probabilities)
def test_what_an_outcome_adds_up_to(law: DemandLaw, quantity: float, probability: float) -> None:
    told = outcome(Item(law, 2, 1, 9), quantity)
    assert told.surplus - told.shortage == pytest.approx(quantity - law.mean, abs=1e-6)
    assert told.cost == pytest.approx(2 * quantity + told.surplus + 9 * told.shortage)
    assert 0 <= told.fill_rate <= 1
    assert 0 <= told.cycle_service_level <= 1
    level = law.quantile(probability)
    assert law.probability_met(level) >= probability - 1e-9


def test_fill_rate_leaves_negative_demand_out() -> None:
    assert outcome(Item(NormalDemand(50, 50), 1, 1, 9), 0).fill_rate == 0


def test_stock_is_ordered_less() -> None:
    bare = best_quantity(Item(PoissonDemand(20), 1, 1, 9))
    assert best_quantity(Item(PoissonDemand(20), 1, 1, 9, stock=5)) == bare - 5
    assert best_quantity(Item(PoissonDemand(20), 1, 1, 9, stock=-5)) == bare + 5
    assert best_quantity(Item(PoissonDemand(20), 1, 1, 9, stock=99)) == 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Item(NormalDemand(1, 1), -1, 2, math.nan),
            r"unit_cost must be >= 0 and finite, got -1; shortage_cost must be .*, got nan",
        ),
        (lambda: Item(NormalDemand(1, 1), 0, 0, 2), "unit_cost and holding_cost must not both be"),
        (lambda: NormalDemand(math.inf, -1), "mean must be finite, got inf; sd must be >= 0"),
        (lambda: LognormalDemand(0, 0), "mean must be above 0 .* 0; sd must be above 0"),
        (lambda: PoissonDemand(-2), "mean must be >= 0 and finite, got -2"),
        (lambda: TableDemand([1, 2], [1]), r"rows of one length, .* got \(2,\) and \(1,\)"),
        (lambda: TableDemand.from_sample([]), r"at least 1, got \(0,\) and \(0,\)"),
        (lambda: TableDemand([-1, 2], [0.5, 0.4]), "every value must be >= 0 and finite, got -1"),
        (lambda: TableDemand([1, 2], [0.5, 0.4]), "the probabilities must sum to 1, got 0.9"),
        (lambda: outcome(Item(NormalDemand(1, 1), 1, 1, 2), -3), "quantity must be >= 0 .* -3"),
    ],
)
def test_mistakes_are_told(make, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        make()

"""The sheet of orders against `policies.ordering`: every law, and after a number is changed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from experiments.planning.orders import item_of
from experiments.planning.plan import plan
from experiments.planning.reading.laws import NAMES
from experiments.planning.sheets.grid import letters
from experiments.planning.writing.law_formulas import LAWS
from experiments.planning.writing.order_row import COLUMNS, LIMITS_USED
from experiments.planning.writing.orders_sheet import FIRST, ORDERS
from experiments.planning.writing.summary_sheet import SUMMARY
from experiments.planning.writing.write import plan_workbook
from policies.ordering.laws import demand_law
from policies.ordering.newsvendor import newsvendor, outcome
from tests.experiments.planning.spreadsheet import Spreadsheet

PAST = (3.0, 8.0, 8.0, 12.0, 5.0, 20.0)
AT = {name: letters(number) for number, (name, _, _) in enumerate(COLUMNS)}
OUTCOME = {"short": "shortage", "surplus": "surplus", "cost": "cost", "met": "cycle_service_level",
           "fill": "fill_rate"}  # fmt: skip


def law_of(name, mean, sd, past=PAST):
    if name == "empirical":
        return demand_law("empirical", demand=past)
    if name == "Poisson":
        return demand_law("poisson", mean=mean)
    return demand_law(NAMES[name], mean=mean, sd=sd)


@pytest.fixture(scope="module")
def planned(example):
    """A plan with a centre of each law, packs, a minimum order, a service level, and no limit."""
    needs = tuple(
        replace(need, law=law_of(name, need.mean, need.sd), law_name=name, history=PAST,
                mean=sum(PAST) / len(PAST))
        if name == "empirical"
        else replace(need, law=law_of(name, need.mean, need.sd), law_name=name)
        for need, name in zip(example.needs, LAWS, strict=True)
    )  # fmt: skip
    product = replace(example.products[0], pack=5.0, minimum_order=12.0, least_service=0.97)
    return plan(replace(example, needs=needs, products=(product,), limits=()))


@pytest.fixture
def sheet(planned, tmp_path):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(plan_workbook(planned))
    return Spreadsheet(path), load_workbook(path, data_only=True)


def test_every_formula_comes_to_the_value_that_stands_beside_it(sheet):
    live, values = sheet
    compared = 0
    for name in (ORDERS, LIMITS_USED, SUMMARY):
        for cell in live.formulas(name):
            worked_out, stored = live.value(name, cell), values[name][cell].value
            if isinstance(stored, str):
                assert worked_out == stored
            else:
                assert worked_out == pytest.approx(stored, rel=1e-9, abs=1e-9), (name, cell)
            compared += 1
    assert compared > 130


def test_the_sheet_and_the_policy_tell_the_same(sheet, planned):
    live, _ = sheet
    for row, need in enumerate(planned.asked.needs, FIRST):
        item = item_of(need, planned.asked.products[0])
        assert live.value(ORDERS, f"{AT['best']}{row}") == newsvendor(item).quantity
        found = outcome(item, live.value(ORDERS, f"{AT['quantity']}{row}"))
        for column, name in OUTCOME.items():
            assert live.value(ORDERS, f"{AT[column]}{row}") == pytest.approx(
                getattr(found, name), rel=1e-7, abs=1e-9
            ), (need.law_name, column)


@pytest.mark.slow
@settings(max_examples=6)
@given(
    mean=st.floats(5, 400),
    spread=st.floats(0.3, 0.9),
    costs=st.tuples(st.floats(0.5, 3), st.floats(0.1, 3), st.floats(4, 40)),
    service=st.sampled_from([0.0, 0.9]),
)
def test_a_changed_number_moves_quantity_cost_and_service(
    planned, tmp_path_factory, mean, spread, costs, service
):
    path = tmp_path_factory.getbasetemp() / "changed.xlsx"
    path.write_bytes(plan_workbook(planned))
    live = Spreadsheet(path)
    sd = max(spread * mean, mean**0.5 + 0.5)  # a negative binomial law scatters more than Poisson's
    for row, need in enumerate(planned.asked.needs, FIRST):
        changed = {"unit": costs[0], "over": costs[1], "under": costs[2], "service": service}
        if need.law_name != "empirical":
            changed |= {"mean": mean, "sd": sd}
        for name, value in changed.items():
            live.set(ORDERS, f"{AT[name]}{row}", value)
        need_now = replace(need, law=law_of(need.law_name, mean, sd), unit_cost=costs[0],
                           holding_cost=costs[1], shortage_cost=costs[2])  # fmt: skip
        item = item_of(need_now, replace(planned.asked.products[0], least_service=service))
        best = newsvendor(item)
        quantity = live.value(ORDERS, f"{AT['quantity']}{row}")
        # Two packs may cost the same but for rounding.
        assert outcome(item, quantity).cost == pytest.approx(best.cost, rel=1e-9)
        for column, name in OUTCOME.items():
            got = live.value(ORDERS, f"{AT[column]}{row}")
            assert got == pytest.approx(getattr(outcome(item, quantity), name), rel=1e-6, abs=1e-8)


def test_a_quantity_of_ones_own_counts_and_is_marked(sheet, planned):
    live, _ = sheet
    live.set(ORDERS, f"{AT['own']}{FIRST}", 77)
    item = item_of(planned.asked.needs[0], planned.asked.products[0])
    assert live.value(ORDERS, f"{AT['quantity']}{FIRST}") == 77
    assert live.value(ORDERS, f"{AT['cost']}{FIRST}") == pytest.approx(outcome(item, 77).cost)
    assert live.value(ORDERS, f"{AT['changed']}{FIRST}") == "changed: plan again"


def test_a_limit_says_by_how_much_it_is_passed(example, tmp_path):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(plan_workbook(plan(example)))
    live = Spreadsheet(path)
    assert live.value(LIMITS_USED, "F4") == "tight"
    used = live.value(LIMITS_USED, "D4")
    live.set(ORDERS, f"{AT['own']}{FIRST}", live.value(ORDERS, f"{AT['planned']}{FIRST}") + 50)
    assert live.value(LIMITS_USED, "D4") == used + 50
    assert live.value(LIMITS_USED, "F4").startswith("too much by ")


@pytest.mark.slow
@settings(max_examples=60)
@given(
    mean=st.floats(0.5, 3000),
    spread=st.floats(0.05, 2),
    probability=st.floats(0.001, 0.9999),
)
def test_quantiles_of_every_law(mean, spread, probability, tmp_path_factory):
    """Those of counts are looked for among few numbers, which must be wide enough."""
    sd = max(spread * mean, mean**0.5 * 1.01)
    book = Workbook()
    page = book.active
    page.title = "Laws"
    page["A1"], page["B1"] = mean, sd
    for row, past in enumerate(PAST, 1):
        page.cell(row, 3).value = past
    for row, law in enumerate(LAWS.values(), 1):
        formula = law("$A$1", "$B$1", f"$C$1:$C${len(PAST)}").quantile(f"{probability!r}")
        page.cell(row, 4).value = f"={formula}"
    path = tmp_path_factory.getbasetemp() / "laws.xlsx"
    book.save(path)
    live = Spreadsheet(path)
    for row, name in enumerate(LAWS, 1):
        law = law_of(name, mean, sd)
        level = live.value("Laws", f"D{row}")
        if name in ("Poisson", "negative binomial", "empirical"):
            assert law.probability_met(level) >= probability - 1e-9
            assert law.probability_met(np.nextafter(level, -1)) < probability + 1e-9
        else:
            assert level == pytest.approx(law.quantile(probability), rel=1e-7, abs=1e-7)

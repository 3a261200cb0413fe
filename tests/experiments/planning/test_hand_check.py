"""Routes that somebody has edited in the plan's workbook."""

import pytest
from openpyxl import load_workbook

from experiments.planning.errors import WorkbookError
from experiments.planning.hand_check import check_by_hand
from experiments.planning.plan import plan
from experiments.planning.writing.routes_sheet import FIRST
from experiments.planning.writing.write import plan_files, plan_workbook


@pytest.fixture(scope="module")
def planned(example):
    return plan(example)


@pytest.fixture
def plan_path(planned, tmp_path):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(plan_workbook(planned))
    return path


def edit(path, change):
    book = load_workbook(path)
    routes = book["Routes"]
    rows = {row[3].value: row for row in routes.iter_rows(min_row=FIRST) if row[3].value}
    change(routes, rows)
    book.save(path)


def test_a_plan_as_it_was_made_keeps_every_rule(plan_path, planned, tmp_path):
    found = check_by_hand(plan_path)
    assert found.broken == ()
    assert found.measures == pytest.approx(planned.routes.measures)
    for name, content in plan_files(planned).items():
        (tmp_path / name).write_bytes(content)
    assert check_by_hand(tmp_path).measures == pytest.approx(planned.routes.measures)


def test_a_stop_that_was_moved_is_driven_anew(plan_path, planned):
    """All on one truck, the one that has to be reached by noon last."""

    def all_on_one(_, rows):
        for number, (centre, row) in enumerate(rows.items()):
            row[0].value, row[1].value = "Truck 1", 1
            row[2].value = 99 if centre == "East clinic" else number

    edit(plan_path, all_on_one)
    found = check_by_hand(plan_path)
    assert len(found.trips) == 1
    assert [found.deliveries.stops[k].name for k in found.trips[0].stops][-1] == "East clinic"
    assert found.broken[0] == "Truck 1 carries 700 units, 300 more than it can"
    assert any(
        "East clinic" in line and "window closes at 12:00" in line for line in found.broken[1:]
    )
    assert found.measures.distance != pytest.approx(planned.routes.measures.distance)


def test_a_row_that_is_gone_or_brings_less_is_missed(plan_path):
    def change(sheet, rows):
        rows["Hill school"][0].value = None
        rows["River camp"][4].value -= 10
        sheet.delete_rows(rows["West clinic"][0].row)

    edit(plan_path, change)
    told = check_by_hand(plan_path).broken
    assert "Hill school is not served" in told
    # The workbook was saved without working out its formulas, so orders are those planned.
    assert "West clinic has ordered 103 units and its stops have 0" in told
    assert any(line.startswith("River camp has ordered ") for line in told)


def test_names_that_nobody_has_are_told_with_their_cells(plan_path):
    def change(_, rows):
        rows["Hill school"][0].value = "Truk 1"
        rows["River camp"][3].value = "River cmp"

    edit(plan_path, change)
    with pytest.raises(WorkbookError) as error:
        check_by_hand(plan_path)
    lines = sorted(line.partition(": ")[2] for line in str(error.value).splitlines())
    assert [line[line.index("there") :] for line in lines] == [
        "there is no vehicle 'Truk 1' (did you mean 'truck 1'?)",
        "there is no centre 'River cmp' (did you mean 'river camp'?)",
    ]
    assert all(line.startswith("Routes!") for line in lines)


def test_a_workbook_that_is_no_plan_is_told(tmp_path, template_bytes):
    path = tmp_path / "asked.xlsx"
    path.write_bytes(template_bytes)
    with pytest.raises(WorkbookError, match="there is no sheet Routes; is it a plan of Corridor's"):
        check_by_hand(path)

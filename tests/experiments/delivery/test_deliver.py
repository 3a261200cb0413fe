"""A country's tables, their mistakes, and what `corridor deliver` makes of them."""

import json
import math
from pathlib import Path

import pytest
from typer.testing import CliRunner

from environment.errors import DataError
from experiments.delivery import DeliveryQuestion, deliver, make_question, read_country
from experiments.delivery.question import DeliveryQuestionError
from run import app

DISTRICTS = """district,population,infected,lon,lat,need_doses,need_kits
A,1000,31,10.0,50.0,100,20
B,5000,15,10.9,50.0,60,20
C,2000,0,12.0,50.5,40,0
"""
SITES = """site,lon,lat,groups,fixed_cost,supply_doses,ready_doses,production_doses,supply_kits
North,10.0,50.0,3,500,150,50,25,30
South,12.0,50.0,2,,50,,10,10
"""


def country(folder: Path, **files: str) -> Path:
    for name, text in {"districts": DISTRICTS, "sites": SITES, **files}.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def test_a_country_without_links_is_as_far_apart_as_on_the_globe(tmp_path: Path) -> None:
    read = read_country(country(tmp_path))
    assert read.items == ("doses", "kits")
    assert read.groups.tolist() == [3, 1, 0]
    assert read.region.tolist() == [0, 0, 1]
    assert read.distance_km[0, 1] == pytest.approx(
        0.9 * 111.195 * math.cos(math.radians(50)), rel=1e-4
    )
    # Without a column of what is ready, all of an item that nobody makes is, else nothing.
    assert read.ready.tolist() == [[50, 30], [0, 10]]
    assert read.fixed_cost.tolist() == [500, 0]


def test_what_is_short_is_told_with_its_rule(tmp_path: Path) -> None:
    found = deliver(read_country(country(tmp_path)), DeliveryQuestion())
    assert found.plan.unmet.sum() == 0
    short = SITES.replace(",150,50,", ",100,50,")
    found = deliver(read_country(country(tmp_path, sites=short)), DeliveryQuestion())
    assert found.shortages() == [
        "doses: 200 asked for, 150 there; 50 unmet, shared out by 'proportional'"
    ]
    assert found.unmet()["doses"].sum() == 50
    assert any("North gives all that it has of doses" in line for line in found.binding())


def test_all_mistakes_of_all_tables_are_told_at_once(tmp_path: Path) -> None:
    wrong = country(
        tmp_path,
        districts=DISTRICTS.replace("A,1000,31", "A,1000,-1").replace("60", "6.5"),
        sites=SITES.replace("North,10.0,50.0,3", "North,10.0,50.0,many"),
    )
    with pytest.raises(DataError) as told:
        read_country(wrong)
    lines = str(told.value).splitlines()
    assert [line.rpartition("/")[2].split(":")[:2] for line in lines] == [
        ["districts.csv", " row 2"],
        ["districts.csv", " row 3"],
        ["sites.csv", " row 2"],
    ]


def test_names_ways_and_stock_that_do_not_fit_are_told_at_once(tmp_path: Path) -> None:
    links = "site,district,km\nNorth,A,3\nNorth,A,4\nSoth,B,5\n"
    wrong = country(
        tmp_path,
        districts=DISTRICTS.replace("C,", "A,"),
        sites=SITES.replace("150,50,25", "40,50,25"),
        links=links,
    )
    with pytest.raises(DataError) as told:
        read_country(wrong)
    for line in (
        "districts.csv: row 4: 'A' is there already",
        "sites.csv: row 2: ready_doses must be at most supply_doses",
        "links.csv: row 3: 'North' to 'A' is there already",
        "links.csv: row 4: no site 'Soth' (did you mean 'South'?)",
    ):
        assert line in str(told.value)


def test_districts_without_link_are_told(tmp_path: Path) -> None:
    linked = country(tmp_path, links="site,district,km\nNorth,A,3\n")
    with pytest.raises(DataError, match=r"row 3: 'B' has no link .*\n.*row 4: 'C' has no link"):
        read_country(linked)


def test_a_question_tells_all_its_mistakes() -> None:
    with pytest.raises(DeliveryQuestionError) as told:
        make_question({"shrt": 1, "delay_weight": 2, "speed_km_per_day": 0})
    assert len(str(told.value).splitlines()) == 3


@pytest.mark.slow
def test_the_command_writes_tables_and_pictures(tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ["deliver", str(country(tmp_path)), "--out", str(out), "--front", "3", "--json"]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0, answer.stderr
    figures = json.loads(answer.stdout)
    assert figures["plan"]["persons"] == 8 * 4
    assert sum(row["doses"] for row in figures["deliveries"]) == 200
    assert figures["plan"]["gap"] <= 1e-4
    assert sorted(path.name for path in out.iterdir()) == [
        "arrivals.png", "deliveries.csv", "delivery.json", "delivery_map.png",
    ]  # fmt: skip

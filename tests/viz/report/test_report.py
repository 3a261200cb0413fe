"""The report: one page that holds every figure and needs nothing from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from experiments.attribution.factorial import OFF, ON, factorial_arms
from experiments.attribution.price_sweep import ALL_PRICES, PriceSweep
from experiments.attribution.shapley import Attribution
from experiments.batch.engine import Batch
from experiments.compare import Comparison
from scenarios.scenario import Scenario
from simulation.errors import ResultError
from simulation.measures.catalogue import measure_of
from viz.report.html import Html, element, picture
from viz.report.parts import MOST_SVG_BYTES
from viz.report.report import write_report
from viz.report.style import STYLE

NOISE = (-3.0, 0.0, 3.0)
EMPTY = {"meta", "img"}


class Page(HTMLParser):
    """What a browser makes of a page: texts, addresses, and whether all that opens is closed."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.cells: list[list[str]] = []
        self.texts: list[str] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in {"src", "href"}]
        if tag == "tr":
            self.cells.append([])
        if tag in {"td", "th"}:
            self.cells[-1].append("")
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" in self.open:
            return
        self.texts.append(data)
        if {"td", "th"} & set(self.open):
            self.cells[-1][-1] += data

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def batch(name: str = "small town") -> Batch:
    """Information is worth 60 s of 600, risk costs 30 s; all of it costs 20 km of trucks."""
    arms = factorial_arms(Scenario(name=name))
    rows = []
    for arm, scenario in arms.items():
        on = scenario.coordination.of_supplies
        for number, noise in enumerate(NOISE):
            measures = {
                "calls": 60.0,
                "response_s": 600 - 60 * on.information + 30 * on.risk + noise * on.risk,
                "in_target_share": 0.9 + noise / 100 * on.planning,
                "response_s[high]": 500.0 - 6 * on.information,
                "fill_rate": 0.8 + 0.1 * on.planning,
                "truck_km_per_day": 100.0 + 20 * on.risk,
                "supply_cost_per_day": 50_000.0 + 1_250 * on.risk,
                "coordination_cost_per_day": 250.0 * on.information,
            }
            rows.append({"arm": arm, "replication": number, **measures})
    return Batch(arms, 3, pd.DataFrame(rows), (), None)


def ends_of(every: Batch) -> Comparison:
    rows = every.summaries[every.summaries["arm"].isin([OFF, ON])]
    arms = {arm: every.arms[arm] for arm in (OFF, ON)}
    return Comparison.of(Batch(arms, 3, rows.reset_index(drop=True), (), None))


def sweep() -> PriceSweep:
    gains_s = {"off": 0.0, "0.5": 60.0, "2": 20.0, "8": -40.0}
    rows = [
        {"arm": arm, "replication": number, "response_s": 600 - gain + noise * (arm == "8")}
        | {"in_target_share": 0.9, "fill_rate": 0.8, "acquisition_s": 3600.0}
        for arm, gain in gains_s.items()
        for number, noise in enumerate(NOISE)
    ]
    runs = Batch(dict.fromkeys(gains_s, Scenario()), 3, pd.DataFrame(rows), (), None)
    return PriceSweep.of(Comparison.of(runs), ALL_PRICES, {"0.5": 0.5, "2": 2.0, "8": 8.0})


@pytest.fixture
def comparison() -> Comparison:
    return ends_of(batch())


@pytest.fixture
def small_picture(tmp_path: Path) -> Path:
    from matplotlib.figure import Figure

    path = tmp_path / "stock.png"
    Figure(figsize=(1, 1)).savefig(path)
    return path


def report(path: Path, *given, **more) -> Page:
    return Page(write_report(path / "report.html", *given, **more).read_text(encoding="utf-8"))


def test_every_figure_of_the_comparison_is_there(comparison, tmp_path):
    page = report(tmp_path, comparison)
    rows = {cells[0]: cells[1:] for cells in page.cells}
    for name, own in comparison.table.groupby("measure"):
        measure, of_arm = measure_of(str(name)), own.set_index("arm")
        cells = [cells for cells in page.cells if cells[0] == measure.heading]
        means = [measure.text(of_arm.loc[arm, "mean"]) for arm in (OFF, ON)]
        change = measure.difference_text(of_arm.loc[ON, "difference"])
        half = of_arm.loc[ON, "difference_high"] - of_arm.loc[ON, "difference"]
        wanted = [*means, change]
        found = [[cell.split(" ± ")[0] for cell in own[1:]] for own in cells]
        assert wanted in found, name
        row = cells[found.index(wanted)]
        assert row[3].endswith(f" ± {measure.text(half)}")
    assert rows["Response, mean (min)"]  # the last of that name, of high priority
    assert ["", "off", "on", "difference"] in page.cells


def test_nothing_is_fetched_from_elsewhere(comparison, small_picture, tmp_path):
    every = Attribution.of(batch())
    page = report(tmp_path, comparison, every, [sweep()], [small_picture], command="python run.py")
    assert len(page.addresses) == 1
    assert all(address.startswith("data:image/png;base64,") for address in page.addresses)
    source = (tmp_path / "report.html").read_text(encoding="utf-8")
    without_pictures = re.sub(r"base64,[A-Za-z0-9+/=]*", "", source)
    assert "//" not in without_pictures
    assert "url(" not in without_pictures
    assert "@import" not in without_pictures
    assert "script" not in page.tags
    assert "link" not in page.tags


def test_what_a_user_named_is_text(tmp_path):
    bad = '<script>alert("&")</script><img src=x>'
    page = report(tmp_path, ends_of(batch(bad)))
    assert "script" not in page.tags
    assert page.addresses == []
    assert bad in page.text
    source = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script" not in source
    assert "&lt;script&gt;" in source


def test_answer_tells_gain_harm_and_where_nothing_is_shown(comparison, tmp_path):
    text = report(tmp_path, comparison, Attribution.of(batch())).text
    half_min = 4.302653 * 3 / 3**0.5 / 60  # t of 2 degrees of freedom
    low, high = (f"{-0.5 + sign * half_min:+.2f}" for sign in (-1, 1))
    assert (
        "With coordination on (in brackets differences with their 95% intervals), the mean "
        f"response time falls from 10.00 to 9.50 min (-0.50 min, {low} to {high}); no "
        "difference is shown in the share of calls reached in time (0.0 "
        "points, -7.5 to +7.5); the share of needs that are met rises from 80.0 to 90.0 % (+10.0 "
        "points, +10.0 to +10.0)."
    ) in text
    assert (
        "The gain in the mean response time comes most from information (-1.00 min); the gain in "
        "the share of needs that are met comes most from planning (+10.0 points)."
    ) in text
    assert (
        "With coordination on, worse: kilometres that trucks drive (+20.0 km), cost per day" in text
    )
    assert "supplies cost 51.2 thousand a day in place of 50.0; 0.25 of it pays" in text


def test_single_mechanisms_that_do_harm_and_turning_points(comparison, tmp_path):
    page = report(tmp_path, comparison, Attribution.of(batch()), [sweep()])
    start = page.texts.index("Single mechanisms that do harm")
    harms = page.texts[start : page.texts.index("How it was made")]
    assert "Trucks, driven per day (km)" in harms
    assert "+20.0" in harms
    assert "Fill rate (%)" not in harms  # which planning makes better, and nobody worse
    assert "Response, mean (min): turns to harm at 4 (3.78 to 4.28)" in page.text


def test_better_and_worse_are_marked_only_beyond_doubt(comparison, tmp_path):
    write_report(tmp_path / "report.html", comparison)
    source = (tmp_path / "report.html").read_text(encoding="utf-8")
    marked = dict(
        re.findall(r'row">([^<]*)</th>(?:<td>[^/]*</span></td>){2}<td class="(\w+)">', source)
    )
    assert marked["Fill rate (%)"] == "better"
    assert marked["Trucks, driven per day (km)"] == "worse"
    assert "In target time (%)" not in marked


def test_how_it_was_made(comparison, tmp_path):
    text = report(tmp_path, comparison, command="python run.py").text
    assert f"seed {Scenario().seed} " in text
    assert "command python run.py" in text
    assert 'arm on coordination.mechanisms = ["information", "planning", "rules", "risk"]' in text
    assert "corridor-sim" in text
    assert str(Path.cwd()) not in text


def test_one_arm_alone_has_no_differences(tmp_path):
    every = batch()
    rows = every.summaries[every.summaries["arm"] == OFF].reset_index(drop=True)
    alone = Comparison.of(Batch({"run": Scenario()}, 3, rows.assign(arm="run"), (), None))
    page = report(tmp_path, alone)
    assert ["", "run"] in page.cells
    assert "difference" not in page.text
    assert "✓" not in page.text


def test_one_replication_has_no_interval_and_no_finding(tmp_path):
    every = batch()
    rows = every.summaries.query("replication == 0 and arm in ['off', 'on']")
    arms = {arm: every.arms[arm] for arm in (OFF, ON)}
    text = report(
        tmp_path, Comparison.of(Batch(arms, 1, rows.reset_index(drop=True), (), None))
    ).text
    assert "differs by -0.55 min, of which there is no interval" in text
    assert "worse:" not in text


def test_an_arm_that_changes_nothing_has_one_sentence(tmp_path):
    own = batch().summaries.query("arm == 'off'")
    rows = pd.concat([own, own.assign(arm="fails")], ignore_index=True)
    arms = {OFF: Scenario(), "fails": Scenario()}
    text = report(tmp_path, Comparison.of(Batch(arms, 3, rows, (), None))).text
    assert "With fails in place of off, nothing that is measured differs." in text
    assert "no difference is shown" not in text


def test_a_report_that_cannot_be_written_is_told(comparison, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultError, match="cannot be written"):
        write_report(tmp_path / "file" / "report.html", comparison)


def test_elements_escape_texts_and_attributes():
    assert element("p", "a < b", element("b", "&")) == "<p>a &lt; b<b>&amp;</b></p>"
    assert element("td", "1", class_="", title='"') == '<td title="&quot;">1</td>'
    assert element("p", Html("<i>x</i>")) == "<p><i>x</i></p>"


def test_a_picture_carries_its_caption_twice(small_picture):
    made = picture(small_picture, 'all "stock"')
    assert made.startswith('<figure><img src="data:image/png;base64,iVBOR')
    assert 'alt="all &quot;stock&quot;"><figcaption>all &quot;stock&quot;</figcaption>' in made


def test_a_light_svg_beside_takes_the_place_of_a_picture(comparison, small_picture, tmp_path):
    svg = small_picture.with_suffix(".svg")
    svg.write_text("<svg/>", encoding="utf-8")
    found = report(tmp_path, comparison, pictures=[small_picture])
    assert any(one.startswith("data:image/svg+xml") for one in found.addresses)
    svg.write_text("<svg>" + " " * MOST_SVG_BYTES + "</svg>", encoding="utf-8")
    found = report(tmp_path, comparison, pictures=[small_picture])
    assert any(one.startswith("data:image/png") for one in found.addresses)


def test_print_keeps_tables_whole_on_paper_of_a_known_size():
    on_paper = STYLE[STYLE.index("@page") :]
    assert "size: A4" in on_paper
    assert re.search(r"\.table[^{]*\{ break-inside: avoid", on_paper)
    assert "table-header-group" in on_paper

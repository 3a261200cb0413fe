"""Pictures as PNG and SVG, tables of the terminal as HTML, and reports of reproductions."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from rich.table import Table
from rich.text import Text
from typer.testing import CliRunner

from experiments.attribution.factorial import OFF, ON
from papers.zhao.claims import Reproduction
from papers.zhao.disasters import DEMANDS
from papers.zhao.experiment import ARMS, ZhaoRuns, ten_scenarios
from papers.zhao.report import zhao_drawings, zhao_report
from run import app
from scenarios.loader import load_scenario
from viz.pictures.draw import Drawing, draw_all
from viz.pictures.style import lighten
from viz.report.parts import MOST_SVG_BYTES
from viz.report.tables import table_html
from viz.terminal.console import BETTER, plain_table


@pytest.fixture(scope="module")
def found() -> Reproduction:
    """Coordination brings a tenth more, an hour sooner, in two samples of all ten scenarios."""
    rng = np.random.default_rng(1)
    rows = []
    for replication in range(2):
        for scenario in range(1, 11):
            for arm in ARMS:
                for item in DEMANDS:
                    gain = 0.1 * (arm == ON)
                    ratio = 0.6 + gain + 0.05 * rng.random()
                    hours = 20 - 10 * gain + rng.random()
                    rows.append(
                        (replication, scenario, arm, item, ratio, ratio, hours, hours, 0.2 - gain)
                    )
    columns = ["replication", "scenario", "arm", "item", "ratio", "fill", "hours", "waited",
               "out_of_stock"]  # fmt: skip
    disasters = ten_scenarios(load_scenario("covid-supplies"))
    return Reproduction(ZhaoRuns(disasters, 2, pd.DataFrame(rows, columns=columns), ()))


def test_a_terminal_table_as_html():
    table = plain_table("Title of\nit")
    table.add_column("arm\nhere", justify="right")
    table.add_row(Text("Part", "bold"), "")
    table.add_row("a < b", Text("-1.5 ± 0.2", BETTER))
    table.caption = "about\nit"
    html = table_html(table)
    ET.fromstring(html)
    assert "<h3>Title of it</h3>" in html
    assert '<th class="section" colspan="2" scope="rowgroup">Part</th>' in html
    assert '<th scope="row">a &lt; b</th>' in html
    assert '<td class="better">-1.5<span class="half"> ± 0.2</span></td>' in html
    assert '<p class="note">about it</p>' in html


def test_a_wide_table_is_set_closer():
    table = Table(title="")
    for k in range(9):
        table.add_column(str(k))
    table.add_row(*map(str, range(9)))
    assert 'class="table wide"' in table_html(table)


def test_points_of_paths_lose_digits_and_nothing_else_does():
    before = '<svg><path d="M 1.23456 7 L -0.98765 12"/><g transform="scale(0.046875)"/></svg>'
    after = '<svg><path d="M 1.23 7 L -0.98 12"/><g transform="scale(0.046875)"/></svg>'
    assert lighten(before) == after


def test_all_pictures_of_a_reproduction_are_light_and_not_blank(found, tmp_path):
    drawn = draw_all(zhao_drawings(found), tmp_path, maps_as_svg=True)
    assert [path.name for path in drawn] == [
        "supply_map.png", "papers_rows.png", "each_mechanism.png",
    ]  # fmt: skip
    for path in drawn:
        assert matplotlib.image.imread(path).std() > 0.02
        svg = path.with_suffix(".svg")
        assert 5_000 < svg.stat().st_size < MOST_SVG_BYTES
        ET.parse(svg)


def test_maps_are_svg_only_where_that_is_asked_for(tmp_path):
    def draw(path: Path) -> None:
        path.write_text(path.suffix)

    draw_all([Drawing("map", draw, is_map=True), Drawing("chart", draw)], tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "chart.png", "chart.svg", "map.png",
    ]  # fmt: skip


def test_a_report_of_a_reproduction_has_all_and_asks_for_nothing(found, tmp_path):
    pictures = draw_all(zhao_drawings(found), tmp_path)
    path = zhao_report(found, "corridor reproduce zhao").write(tmp_path / "report.html", pictures)
    source = path.read_text(encoding="utf-8")
    assert source.count("<figure>") == 3
    assert source.count("data:image/svg+xml") == 2  # charts; the map is a picture
    assert not re.search(r'(src|href)="(?!data:)', source)
    text = unescape(re.sub(r"<[^>]+>", " ", source))
    assert "it comes sooner" in text
    assert "corridor reproduce zhao" in text
    share = next(claim for claim in found.claims if claim.text == "it comes sooner").share.mean
    assert f"{100 * share:.0f}" in text
    assert OFF in text


def test_figures_of_a_comparison_ask_for_the_runs(tmp_path):
    words = ["compare", "city", "--arm", "a", "--figures", str(tmp_path)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert "--figures asks for --out, too" in result.stderr


def test_figures_of_a_run(tmp_path):
    out, figures = tmp_path / "out", tmp_path / "figures"
    words = ["simulate", "city", "--set", "run.days=0.5", "--set", "run.warm_up_days=0"]
    result = CliRunner().invoke(app, [*words, "--out", str(out), "--figures", str(figures)])
    assert result.exit_code == 0, result.output
    assert f"In {figures}: every picture as PNG and SVG" in " ".join(result.stderr.split())
    names = {path.stem for path in figures.iterdir()}
    assert names == {"map", "response_times", "fleet_by_hour"}
    sizes = {path.stem: path.stat().st_size for path in figures.glob("*.svg")}
    assert set(sizes) == names
    assert max(sizes.values()) < 800_000

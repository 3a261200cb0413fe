"""``corridor plan`` from end to end, as somebody with a spreadsheet meets it."""

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from environment.errors import CorridorError
from run import app


def ended(*words):
    return CliRunner().invoke(app, ["plan", *map(str, words)])


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "asked.xlsx"
    assert ended("--template", path).exit_code == 0
    return path


def test_template_to_plan_to_check(asked, tmp_path):
    out = tmp_path / "plan.xlsx"
    result = ended(asked, "--out", out)
    assert result.exit_code == 0
    assert "Budget is tight: 700 of 700 money used" in result.stdout
    assert {path.name for path in tmp_path.iterdir()} == {
        "plan.xlsx",
        "plan-map.png",
        "plan-day.png",
    }
    book = load_workbook(out)
    assert book.sheetnames[:5] == ["Read me", "Summary", "Orders", "Limits used", "Routes"]
    drivers = [name for name in book.sheetnames if name.startswith("Route ")]
    assert drivers
    for name in drivers:
        setup = book[name].page_setup
        assert (setup.fitToWidth, setup.fitToHeight, setup.paperSize) == (1, 1, 9)
    assert len(book["Pictures"]._images) == 2
    assert book["What if"]["A5"].value == "as planned"
    checked = ended("--check", out)
    assert checked.exit_code == 0
    assert checked.stdout.rstrip().endswith("Every rule is kept.")


@pytest.mark.slow
def test_a_folder_of_csv_files_in_and_out(asked, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    assert ended(asked, "--out", first, "--no-what-if").exit_code == 0
    assert ended(first, "--out", second, "--no-what-if").exit_code == 0
    for name in ("Orders.csv", "Routes.csv", "Centres.csv", "Summary.csv"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    assert "is there already" in ended(asked, "--out", first).stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "name one of: a WORKBOOK to plan, --template FILE.xlsx, --check PLAN.xlsx"),
        (["--template", "a.csv"], "--template a.csv: must end in .xlsx"),
        (
            ["no.xlsx", "--out", "a.pdf"],
            "--out a.pdf: must end in .xlsx, or be the name of a new folder",
        ),
        (["no.xlsx", "--out", "no.xlsx"], "--out no.xlsx: is what is planned; choose another name"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_before_anything_is_written(words, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = ended(*words)
    assert (result.exit_code, result.stderr.strip()) == (2, told)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", ["mine.xlsx", "mine-day.png"])
def test_nothing_of_the_users_is_written_over(there, asked, tmp_path):
    (tmp_path / there).write_text("mine")
    with pytest.raises(CorridorError, match=f"{there}: is there already; remove it or"):
        raise ended(asked, "--out", tmp_path / "mine.xlsx").exception
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


def test_a_template_is_never_overwritten(asked):
    before = asked.read_bytes()
    assert "is there already" in ended("--template", asked).stderr
    assert asked.read_bytes() == before


@pytest.mark.slow
def test_on_the_roads_of_a_case(asked, tmp_path):
    """The default city lies in a plane: places are given in metres, and ways follow its streets."""
    book = load_workbook(asked)
    for sheet, first in (("Centres", 1000), ("Depots", 6000)):
        page = book[sheet]
        heads = {cell.value: cell.column for cell in page[1]}
        for number, row in enumerate(range(2, page.max_row + 1)):
            if page.cell(row, 1).value is None:
                continue
            for heading in ("latitude (°)", "longitude (°)"):
                page.cell(row, heads[heading]).value = None
            page.cell(row, heads["x (m)"]).value = first + 1500 * number
            page.cell(row, heads["y (m)"]).value = 2000 + 1000 * number
    book.save(tmp_path / "city.xlsx")
    out = tmp_path / "plan.xlsx"
    result = ended(tmp_path / "city.xlsx", "--map", "city", "--out", out, "--no-what-if")
    assert result.exit_code == 0
    assert "Ways are on the roads of synthetic city" in result.stdout.replace("\n", " ")
    assert ended("--check", out, "--map", "city").exit_code == 0
    # Along straight lines it is shorter: streets go round.
    straight = ended(tmp_path / "city.xlsx", "--no-what-if").stdout
    assert km_in(result.stdout) > km_in(straight) / 1.3


def km_in(text):
    line = next(line for line in text.splitlines() if line.startswith("Driven"))
    return float(line.split()[1].replace(",", ""))

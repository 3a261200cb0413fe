"""Tables from CSV files: what is read, and how mistakes are told."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from environment.errors import DataError
from environment.tables import Column, read_table

COLUMNS = (
    Column("name", "text"),
    Column("x", aliases=("lon",)),
    Column("count", "whole", required=False, minimum=0, maximum=9),
    Column("kind", "text", choices=("a", "b"), required=False, default="a"),
)


def read(tmp_path, text, columns=COLUMNS):
    path = tmp_path / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(path, columns)


def lines(tmp_path, text):
    with pytest.raises(DataError) as caught:
        read(tmp_path, text)
    return [line.partition("table.csv: ")[2] for line in str(caught.value).splitlines()]


def test_a_good_table(tmp_path):
    table = read(tmp_path, "\ufeffname, lon, count, more\n007, 1.5, 3, x\nb, -2e3, 0, y\n")
    assert table["name"].tolist() == ["007", "b"]
    assert table["x"].tolist() == [1.5, -2000.0]
    assert table["count"].tolist() == [3, 0]
    assert table["count"].dtype == "int64"
    assert table["kind"].tolist() == ["a", "a"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["is empty"]),
        ("\n\n", ["is empty"]),
        ("name,x\n", ["has no rows"]),
        ("name\nb\n", ["no column 'x' or 'lon' (found: name)"]),
        ("nam,x\nb,1\n", ["no column 'name' (did you mean 'nam'?)"]),
        ("name,x,cuont\nb,1,2\n", ["unknown column 'cuont' (did you mean 'count'?)"]),
        ("name,x\nb,one\n", ["row 2: x must be a number, got 'one'"]),
        ("name,x\nb,1\nc,\n", ["row 3: x must be a number, got nothing"]),
        ("name,x\n,1\n", ["row 2: name must be a text, got nothing"]),
        ("name,x\nb,nan\n", ["row 2: x must be a number, got 'nan'"]),
        ("name,x\nb,inf\n", ["row 2: x must be a number, got 'inf'"]),
        ("name,x\nb,-1e999\n", ["row 2: x must be a number, got '-1e999'"]),
        (
            "name,x,count\nb,1,10\nc,1,-1\nd,1,1.5\n",
            [
                "row 2: count must be a whole number >= 0 and <= 9, got '10'",
                "row 3: count must be a whole number >= 0 and <= 9, got '-1'",
                "row 4: count must be a whole number >= 0 and <= 9, got '1.5'",
            ],
        ),
        (
            "name,x,count\nb,1,1e30\n",
            ["row 2: count must be a whole number >= 0 and <= 9, got '1e30'"],
        ),
        ("name,x,kind\nb,1,A\n", ["row 2: kind must be one of a, b, got 'A'"]),
        ("name,x\nb,1,2\n", ["row 2 has more values than row 1 has headings"]),
        ("name,x\nb,1,\nc,2,\n", ["row 2 has more values than row 1 has headings"]),
    ],
)
def test_mistakes(tmp_path, text, expected):
    assert lines(tmp_path, text) == expected


def test_tables_that_are_far_too_wide_are_told_at_once(tmp_path):
    many = ",".join("1" * 100_000)
    wide = "has 100,000 columns; at most 1,000 are read"
    assert lines(tmp_path, f"{many}\n{many}\n") == [wide]
    assert lines(tmp_path, f"name,x\n{many}\n") == [wide]


def test_long_cells_are_cut_in_messages(tmp_path):
    [told] = lines(tmp_path, f"name,x\nb,{'y' * 5000}\n")
    assert told == f"row 2: x must be a number, got '{'y' * 60}'…"


def test_every_mistake_at_once_and_many_of_a_kind_in_one_line(tmp_path):
    rows = "".join(f"b,?,{k}\n" for k in (1, 2, 3, 4, 50))
    assert lines(tmp_path, f"name,x,count\n{rows}") == [
        *(f"row {row}: x must be a number, got '?'" for row in (2, 3, 4)),
        "… and 2 more rows with a wrong x",
        "row 6: count must be a whole number >= 0 and <= 9, got '50'",
    ]


def test_files_that_are_no_tables(tmp_path):
    with pytest.raises(DataError, match=r"nowhere\.csv: no such file"):
        read_table(tmp_path / "nowhere.csv", COLUMNS)
    with pytest.raises(DataError, match="cannot be read: Is a directory"):
        read_table(tmp_path, COLUMNS)
    for text in (b"\xff\xfe\x00", b'name,x\n"b,1\n', b"name,x\nb,1\nc,1,2,3\n"):
        (problem,) = lines(tmp_path, text)
        assert problem.startswith("is not a CSV table: ")


@given(st.one_of(st.binary(max_size=60), st.text('nameoux,"\n01.-e ', max_size=60)))
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_file_is_read_or_refused(tmp_path, content):
    """No other error gets out, and what is read is as the columns say."""
    try:
        table = read(tmp_path, content)
    except DataError:
        return
    assert len(table)
    assert table["x"].notna().all()


cells = st.sampled_from(["", "1", "-1", "0.5", "inf", "nan", "1e400", "x", '"', "a", "NA", "é"])


@given(st.lists(st.lists(cells, min_size=2, max_size=5), max_size=6))
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_cells_are_read_or_refused(tmp_path, rows):
    text = "name,x,count,kind\n" + "\n".join(",".join(row) for row in rows)
    try:
        table = read(tmp_path, text)
    except DataError:
        return
    assert set(table["kind"]) <= {"a", "b"}
    assert table["count"].dropna().between(0, 9).all()

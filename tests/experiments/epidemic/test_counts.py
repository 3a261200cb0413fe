"""Tables of daily counts, right and wrong."""

import pytest

from environment.errors import DataError
from experiments.epidemic import read_counts

GOOD = """\
date,district,confirmed,removed,persons
2020-02-01,Wuhan,4109,260,12326518
2020-02-02,Wuhan,5142,310,12326518
2020-02-03,Wuhan,6384,340,12326518
2020-02-01,Enshi,105,0,3456136
2020-02-02,Enshi,111,2,3456136
2020-02-03,Enshi,123,2,3456136
"""


def read(tmp_path, text):
    path = tmp_path / "counts.csv"
    path.write_text(text)
    return read_counts(path)


def test_counts_by_district(tmp_path):
    counts = read(tmp_path, GOOD)
    assert list(counts) == ["Wuhan", "Enshi"]
    assert counts["Enshi"].new.tolist() == [[6, 2], [12, 0]]
    assert (counts["Enshi"].persons, str(counts["Enshi"].first_day)) == (3_456_136, "2020-02-01")
    assert counts["Wuhan"].until(1).confirmed.tolist() == [4109, 5142]


def test_every_mistake_is_told(tmp_path):
    text = """\
date,district,confirmed,removed,persons
2020-02-01,a,10,0,1000
2020-02-02,a,8,0,1000
2020-02-05,a,12,20,1000
2020-02-04,a,13,1,1000
2020-02-04,a,1400,1,1000
02/03/2020,b,1,0,500
2020-02-01,b,-2,0,600
"""
    with pytest.raises(DataError) as told:
        read(tmp_path, text)
    lines = [line.partition("counts.csv: ")[2] for line in str(told.value).splitlines()]
    assert lines == [
        "row 7: date must be like 2020-02-01, got '02/03/2020'",
        "row 4: removed must be at most confirmed, got 20 of 12",
        "row 6: confirmed must be at most persons (1,000), got 1,400",
        "row 3: confirmed of 'a' must not fall (it is cumulative), got 8 after 10",
        "row 4: 2 days of 'a' are missing between 2020-02-02 and here",
        "row 5: 2020-02-04 of 'a' comes after 2020-02-05: sort by date",
        "row 6: 2020-02-04 of 'a' is there twice",
        "district 'b': persons must be one number >= 1 in all rows, got 500, 600",
        "district 'b': there must be 3 days or more, got 2",
        "row 8: counts must be >= 0, got -2 confirmed, 0 removed",
    ]


def test_no_more_than_twenty_lines(tmp_path):
    rows = "".join(f"2020-02-{day:02d},{100 - day},0,1000\n" for day in range(1, 29))
    with pytest.raises(DataError) as told:
        read(tmp_path, "date,confirmed,removed,persons\n" + rows)
    lines = str(told.value).splitlines()
    assert len(lines) == 20
    assert lines[-1].endswith("and 8 more")

"""``corridor epidemic`` from a file of counts to a table of weeks."""

import json
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from commands.epidemic import epidemic
from environment.epidemic.spir import SpirParameters
from environment.errors import DataError
from experiments.epidemic import DailyCounts, simulated_counts


@pytest.fixture
def counts_csv(tmp_path):
    rates = SpirParameters(
        infections_per_day=1, ruled_out_per_day=0.5, confirmed_per_day=0.15, removed_per_day=0.12
    )
    begun = DailyCounts("x", 100_000, date(2020, 1, 1), np.full(41, 150.0), np.zeros(41))
    rng = np.random.default_rng(0)
    counts = simulated_counts(rates, begun, 300, rng, dispersion=0.02)
    days = [date(2020, 1, 1) + timedelta(days=day) for day in range(41)]
    own = {"date": days, "confirmed": counts.confirmed, "removed": counts.removed}
    quiet = {"date": days, "confirmed": 0, "removed": 0}
    tables = [pd.DataFrame(own).assign(district="x"), pd.DataFrame(quiet).assign(district="q")]
    table = pd.concat(tables).assign(persons=100_000).astype({"confirmed": int, "removed": int})
    path = tmp_path / "counts.csv"
    table.to_csv(path, index=False)
    return path


def test_from_counts_to_weeks(counts_csv, tmp_path, capsys):
    out = tmp_path / "weeks.csv"
    epidemic(counts_csv, weeks=2, held_out=7, out=out, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert set(told["rates"]) == set(told["held_out"]) == {"x"}
    removed = told["rates"]["x"]["removed_per_day"]
    assert removed["low"] < removed["estimate"] < removed["high"]
    assert told["notes"] == [
        "district 'q': nobody was confirmed in 40 days; there is nothing to fit"
    ]
    written = pd.read_csv(out)
    assert written["until"].tolist() == ["2020-02-17", "2020-02-24"]
    assert [row["new_confirmed"] for row in told["weeks"]] == written["new_confirmed"].tolist()
    with pytest.raises(DataError, match="held out must be at most 37 of 40 days, got 38"):
        epidemic(counts_csv, held_out=38)


def test_it_is_printed(counts_csv, capsys):
    epidemic(counts_csv, weeks=1, held_out=0)
    told = capsys.readouterr().out
    for text in ("x: removed", "2020-02-17", "Not fitted", "nobody was confirmed"):
        assert text in told

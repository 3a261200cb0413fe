"""All that was found of the camp, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from math import isfinite
from typing import Any

from papers.zaatari.beyond import Beyond
from papers.zaatari.camps import shares_of_camps
from papers.zaatari.claims import CLAIMS, loss_left
from papers.zaatari.experiment import Zaatari
from papers.zaatari.fit import LEVELS, SCENES_MIN, SPEEDS_KPH
from papers.zaatari.outbreaks import box_plot
from papers.zaatari.paper import MEASURES, TABLE_2, TABLE_3, Table
from papers.zaatari.replica import Replica, table_of
from papers.zaatari.search import Search
from papers.zaatari.simulation_check import CheckedRow
from simulation.tables.files import to_json


def zaatari_json(found: Zaatari) -> str:
    """All tables; what has no value, such as a wait without end, is null."""
    return to_json(zaatari_dict(found)).decode()


def zaatari_dict(found: Zaatari) -> dict[str, Any]:
    """All tables, ready for JSON."""
    replica = found.replica
    return {
        "effort": found.effort._asdict(),
        "camp": {
            "points": replica.camp.points.tolist(),
            "sites": replica.camp.sites.tolist(),
            "inhabitants": replica.camp.inhabitants.tolist(),
        },
        "fit": _fit(replica),
        "seven_sites": list(replica.fitted.seven),
        "table_2": {
            "paper": [row._asdict() for row in TABLE_2],
            "ours": [row._asdict() for row in replica.base],
        },
        "table_3": _spreads(TABLE_3, replica.table),
        "true_gini": [
            {"servers": servers, "combination": str(c), "median": box_plot(runs.gini).median}
            for (servers, c), runs in replica.outbreaks.items()
        ],
        "cases_may_be_none": _spreads(TABLE_3, table_of(replica.with_none)),
        "claims": [
            {
                "claim": claim.text, "paper": claim.holds(TABLE_3),
                "ours": claim.holds(replica.table), "share_of_camps": share._asdict(),
            }
            for claim, share in zip(CLAIMS, shares_of_camps(found.camps), strict=True)
        ],
        "loss_left": {"paper": loss_left(TABLE_3), "ours": loss_left(replica.table)},
        "placement": _search(found.search),
        "simulation": [_checked(row) for row in found.checked],
        "bias": [
            row._asdict() | {"loss": row.loss._asdict(), "response": row.response._asdict()}
            for row in found.biases
        ],
        "beyond": _beyond(found.beyond),
        "camps": [
            {"fit": asdict(one.setting), "holds": one.holds, "loss_left": one.loss_left}
            for one in found.camps
        ],
    }  # fmt: skip


def _fit(replica: Replica) -> dict[str, Any]:
    tested = [(one, replica.test_misfits(one)) for one in replica.settings]
    return {
        "searched": {"speed_kph": SPEEDS_KPH, "scene_min": SCENES_MIN, "level": LEVELS},
        "settings": [
            asdict(one) | {"misfit_table_2": table_2, "misfit_table_3": table_3}
            for one, (table_2, table_3) in tested
        ],
    }


def _spreads(paper: Table, ours: Table) -> list[dict[str, Any]]:
    """Cell by cell of our table, the paper's beside it."""
    return [
        {
            "servers": servers, "combination": str(combination), "measure": measure,
            "paper": paper[servers, combination, measure]._asdict(), "ours": spread._asdict(),
        }
        for (servers, combination, measure), spread in ours.items()
    ]  # fmt: skip


def _search(search: Search) -> dict[str, Any]:
    return {
        "optimum": asdict(search.optimum),
        "genetic": [asdict(one) | {"gap": one.gap} for one in search.genetic],
        "found": search.found,
    }


def _checked(row: CheckedRow) -> dict[str, Any]:
    simulated = {name: value._asdict() for name, value in row.simulated._asdict().items()}
    expected = {mode: value._asdict() for mode, value in row.expected.items()}
    return row._asdict() | {"simulated": simulated, "expected": expected}


def _beyond(beyond: Beyond) -> dict[str, Any]:
    return {
        "fleets": [
            {
                "servers": fleet.servers, "sites": fleet.sites, "base": fleet.base._asdict(),
                "medians": {
                    str(c): {measure: runs.spread(measure).median for measure in MEASURES}
                    for c, runs in fleet.outbreaks.items()
                },
            }
            for fleet in beyond.fleets
        ],
        "lists": [row._asdict() | {"combination": str(row.combination)} for row in beyond.lists],
        "queues": [
            row._asdict()
            | {
                "combination": str(row.combination) if row.combination else None,
                "wait_min": row.wait_min if isfinite(row.wait_min) else None,
            }
            for row in beyond.queues
        ],
    }  # fmt: skip

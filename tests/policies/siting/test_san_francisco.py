"""The instance of spopt's own tests, where spopt is installed."""

from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from policies.siting.covering.backup_coverage import BackupCoverage
from policies.siting.covering.maximal_covering import MaximalCovering
from policies.siting.covering.p_median import PMedian
from policies.siting.covering.set_covering import SetCovering
from policies.siting.sites import Places

FILES = (
    "SF_network_distance_candidateStore_16_censusTract_205_new.csv",
    "SF_demand_205_centroid_uniform_weight.csv",
)
SERVICE_M = 5000.0


@pytest.fixture(scope="module")
def san_francisco() -> Places:
    """16 candidate sites and 205 census tracts with their population; metres by road."""
    spopt = find_spec("spopt")
    if spopt is None or spopt.origin is None:
        pytest.skip("spopt, with the data of its tests, is not installed")
    folder = Path(spopt.origin).parent / "tests" / "data"
    if not all((folder / name).exists() for name in FILES):
        pytest.skip("spopt is installed without the data of its tests")
    roads, tracts = (pd.read_csv(folder / name) for name in FILES)
    metres = roads.pivot_table(values="distance", index="name", columns="DestinationName")
    population = tracts.set_index("NAME").loc[metres.columns, "POP2000"]
    return Places(metres.to_numpy(float), population.to_numpy(float))


def test_set_covering(san_francisco: Places) -> None:
    assert SetCovering(SERVICE_M).solve(san_francisco).objective == 8


@pytest.mark.parametrize(("sites", "covered"), [(1, 448_255), (2, 671_938), (4, 875_247)])
def test_maximal_covering(san_francisco: Places, sites: int, covered: int) -> None:
    assert MaximalCovering(sites, SERVICE_M).solve(san_francisco).objective == covered


def test_p_median(san_francisco: Places) -> None:
    siting = PMedian(4).solve(san_francisco)
    assert siting.objective == pytest.approx(2_848_268_129.71, abs=0.01)


def test_backup_coverage_begins_where_set_covering_ends(san_francisco: Places) -> None:
    assert BackupCoverage(8, SERVICE_M).solve(san_francisco).gap == 0

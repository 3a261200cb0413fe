"""What `corridor doctor` says of an installation, whole or broken."""

from __future__ import annotations

import importlib.metadata
import re

import pytest
from typer.testing import CliRunner

from commands import doctor
from run import app

EXTRAS = {"docs", "view", "routing", "workbook", "study", "raster", "learn", "cluster", "dev"}


@pytest.fixture
def versions(monkeypatch):
    """Pretend that packages have other versions; None for one that is not there."""
    true, other = doctor._version, dict[str, str | None]()
    monkeypatch.setattr(doctor, "_version", lambda name: other.get(name, true(name)))
    return other


def test_it_fits_a_terminal_and_ends_well_where_a_run_works():
    shown = CliRunner().invoke(app, ["doctor"], env={"COLUMNS": "80"})
    said = shown.stdout.splitlines()
    assert shown.exit_code == 0
    assert max(map(len, said)) <= 80
    assert 9 <= len(said) <= 16
    assert re.match(r"A run +works: 25 calls of the case city in \d+\.\d s", said[-1])
    named = set(re.findall(r"\w+", shown.stdout))
    assert named >= EXTRAS | {"Machine", "HiGHS", "CBC", "Numba", "BLAS", "Maps"}


def test_every_extra_of_the_project_is_looked_at():
    extras = importlib.metadata.metadata("corridor-sim").get_all("Provides-Extra", [])
    assert set(extras) == set(doctor.IMPORTED) == EXTRAS


def test_extra_that_is_missing_is_told_with_how_to_get_it(versions):
    versions |= dict.fromkeys(
        ("solara", "plotly", "pyvrp", "openpyxl", "optuna", "rasterio", "dask", "torch")
    )
    what, text, is_fatal = doctor._extras()
    works, lacks, install = text.splitlines()
    assert (what, works, is_fatal) == ("Extras", "that work: docs, dev", False)
    assert lacks.startswith("that do not: view (no solara, no plotly); routing (no pyvrp)")
    assert install.startswith("in Corridor's folder: pip install -e '.[view,routing")


def test_extra_in_a_version_that_is_not_allowed(versions):
    """With ipyvue 2 the page stays empty, and nothing else says so."""
    versions["ipyvue"] = "3.0.0"
    assert doctor._wrong_packages("view") == ["ipyvue 3.0.0 is not <2"]


def test_extra_that_cannot_be_imported(monkeypatch):
    def broken(name: str) -> None:
        if name == "plotly":
            raise OSError("libplot.so: no such file\nand more")

    monkeypatch.setattr(doctor, "import_module", broken)
    wrong = doctor._broken_modules(doctor.IMPORTED["view"])
    assert wrong == ["plotly does not work: OSError: libplot.so: no such file"]


def test_package_that_runs_need(versions):
    versions |= {"mesa": "4.0.0", "simpy": None}
    said = "mesa 4.0.0 is not <4,>=3.3, no simpy: in Corridor's folder: pip install -e '.'"
    assert doctor._packages() == ("Packages", said, True)


def test_corridor_that_is_not_installed(versions, monkeypatch):
    """Bug: it ended with a traceback."""
    versions["corridor-sim"] = None
    found = doctor._corridor()
    assert found.is_fatal
    assert re.fullmatch(
        r"is not installed in Python [\d.]+, .*; in Corridor's folder: pip install -e '\.'",
        found.text,
    )
    monkeypatch.setattr(doctor, "DISTRIBUTION", "no-such-package")
    told = "does not work: PackageNotFoundError: No package metadata was found for no-such-package"
    assert doctor._looked("Extras", doctor._extras) == ("Extras", told, True)


def test_solver_that_does_not_solve(monkeypatch):
    import pulp

    def fail(*_):
        raise pulp.PulpSolverError("cannot execute cbc")

    monkeypatch.setattr(pulp.PULP_CBC_CMD, "actualSolve", fail)
    what, text, is_fatal = doctor._solvers()
    assert text.endswith("CBC does not, and is not needed: PulpSolverError: cannot execute cbc")
    assert (what, is_fatal) == ("Solvers", False)
    monkeypatch.setattr(pulp.HiGHS, "actualSolve", lambda *_: 1)
    found = doctor._looked("Solvers", doctor._solvers)
    assert found.is_fatal
    assert found.text.startswith("does not work: PulpError: the largest whole number within 3.5")


def test_it_ends_with_1_where_a_run_would_fail(monkeypatch):
    def stuck(*_):
        raise RuntimeError("no city")

    monkeypatch.setattr("simulation.model.simulate", stuck)
    shown = CliRunner().invoke(app, ["doctor"], env={"COLUMNS": "80"})
    assert shown.exit_code == 1
    last = " ".join(shown.stdout.splitlines()[-1].split())
    assert last == "A run does not work: RuntimeError: no city"


def test_maps_that_cannot_be_kept(monkeypatch, tmp_path):
    (tmp_path / "map").mkdir()
    (tmp_path / "map" / "a.npz").write_bytes(b"x" * 250_000)
    monkeypatch.setenv("CORRIDOR_CACHE", str(tmp_path))
    assert doctor._maps() == ("Maps", f"0.2 MB kept in {tmp_path}", False)
    monkeypatch.setattr("os.access", lambda *_: False)
    said = f"0.2 MB kept in {tmp_path}, where nothing can be written"
    assert doctor._maps() == ("Maps", said, False)

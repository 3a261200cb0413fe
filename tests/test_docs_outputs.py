"""What the documentation shows as printed is what its commands and notebooks print."""

import json
import re
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
OUTPUTS = SimpleNamespace(**runpy.run_path(str(ROOT / "docs/outputs.py")))
QUICK = re.compile(r"corridor scenarios")


def shown_outputs() -> list[Any]:
    found = [
        (page, block)
        for page in OUTPUTS.PAGES
        for block in OUTPUTS.CONSOLE.finditer(page.read_text(encoding="utf-8"))
    ]
    return [
        pytest.param(
            page,
            block,
            id=block["command"],
            marks=[] if block["error"] or QUICK.search(block["command"]) else [pytest.mark.slow],
        )
        for page, block in found
    ]


@pytest.mark.parametrize(("page", "block"), shown_outputs())
def test_output_is_that_of_the_command(page, block, tmp_path):
    """A command that fails, where its block does not say so, fails here."""
    OUTPUTS.lay_out(page.read_text(encoding="utf-8"), tmp_path)
    assert OUTPUTS.rerun(block, tmp_path) == block[0], "run: python docs/outputs.py"


def test_a_command_that_fails_is_no_output(tmp_path):
    wrong = "corridor simulate city --set fleet.ambulance=20"
    with pytest.raises(ValueError, match=r"ended with 2:\n.*unknown key 'fleet.ambulance'"):
        OUTPUTS.output_of(wrong, tmp_path)
    assert "did you mean 'fleet.ambulances'" in OUTPUTS.output_of(wrong, tmp_path, fails=True)
    with pytest.raises(ValueError, match="ended with 0"):
        OUTPUTS.output_of("corridor scenarios", tmp_path, fails=True)
    with pytest.raises(ValueError, match="none of Corridor's commands: rm"):
        OUTPUTS.output_of("rm -r .", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("notebook", OUTPUTS.NOTEBOOKS, ids=[n.stem for n in OUTPUTS.NOTEBOOKS])
def test_notebook_prints_what_is_stored(notebook):
    text = notebook.read_text(encoding="utf-8")
    again = OUTPUTS.notebook_again(text)
    assert texts_of(again) == texts_of(text), "run: python docs/outputs.py"
    assert '"image/png"' in text


def texts_of(notebook: str) -> list[str]:
    """What the cells print, pictures aside."""
    outputs = [out for cell in json.loads(notebook)["cells"] for out in cell.get("outputs", [])]
    assert all(out["output_type"] != "error" for out in outputs)
    return ["".join(out.get("data", {}).get("text/plain", out.get("text", ""))) for out in outputs]

"""How the map's ES modules become one."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("anywidget")

from viz.live.browser import program
from viz.live.browser.bundle import FOLDER


@pytest.fixture
def folder(tmp_path):
    """Two modules and an entry that takes from both."""
    write(
        tmp_path,
        paper="const SIZE = 2;\n\nexport function area() {\n  return SIZE ** 2;\n}\n",
        ink='import { area } from "./paper.js";\n\nconst SIZE = 3;\n'
        "export const dots = area() * SIZE;\n",
        page='import { dots } from "./ink.js";\nimport { area } from "./paper.js";\n\n'
        "export default { dots, area };\n",
    )
    return tmp_path


def write(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")


def test_a_module_runs_once_after_those_it_imports_with_names_of_its_own(folder):
    assert program(folder, "page") == (
        "const $paper = (() => {\n"
        "const SIZE = 2;\n\nfunction area() {\n  return SIZE ** 2;\n}\n"
        "return { area };\n})();\n"
        "const $ink = (() => {\n"
        "const { area } = $paper;\n"
        "\nconst SIZE = 3;\nconst dots = area() * SIZE;\n"
        "return { dots };\n})();\n"
        "const { dots } = $ink;\nconst { area } = $paper;\n\n"
        "export default { dots, area };\n"
    )


def test_the_map_is_one_module_of_all_files():
    joined = program()
    assert len(re.findall("^export", joined, re.MULTILINE)) == 1
    assert not re.findall("^import", joined, re.MULTILINE)
    names = {path.stem for path in FOLDER.glob("*.js")} - {"city_map"}
    assert set(re.findall(r"^const \$(\w+) =", joined, re.MULTILINE)) == names


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('import { a } from "./gone.js";\n', "gone.js is imported, and is not there"),
        ('import { red } from "./ink.js";\n', "red from ink.js, which exports dots"),
        ('import * as ink from "./ink.js";\n', r"'import \* as ink .*' is none of"),
        ("export let a = 1;\n", "'export let a = 1;' is none of"),
    ],
)
def test_what_cannot_be_joined_is_told(folder, text, told):
    write(folder, page=text)
    with pytest.raises(ValueError, match=told):
        program(folder, "page")


def test_modules_that_import_each_other_are_told(folder):
    write(folder, paper='import { dots } from "./ink.js";\nexport const area = dots;\n')
    with pytest.raises(
        ValueError, match=r"import each other: (ink → paper → ink|paper → ink → paper)"
    ):
        program(folder, "page")

"""How the documentation site is built: ``make docs``, without a network."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

project = "Corridor"
author = "The Corridor developers"
version = release = version_of("corridor-sim")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc"]

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4  # as GitHub names them, so that one link serves both

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstring says what a parameter is
numpydoc_show_class_members = False
nitpicky = True

html_theme = "furo"
html_title = f"Corridor {version}"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False


def inline_math(writer: Any, node: nodes.math) -> None:
    """Write a formula in a line."""
    writer.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def display_math(writer: Any, node: nodes.math_block) -> None:
    """Write a formula that stands by itself."""
    writer.body.append(tex2mathml(node.astext(), as_block=True))
    raise nodes.SkipNode


def show_notebook(app: Sphinx, page: str, source: list[str]) -> None:
    """Put a notebook's cells and what they print in place of the page that leads to it."""
    notebook = ROOT / "examples" / f"{Path(page).name}.ipynb"
    if page.startswith("notebooks/") and notebook.is_file():
        app.env.note_dependency(str(notebook))
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        source[0] = "\n\n".join(part for cell in cells for part in parts_of(cell))


def parts_of(cell: dict[str, Any]) -> Iterator[str]:
    """A cell of a notebook as Markdown."""
    text = "".join(cell["source"])
    yield text if cell["cell_type"] == "markdown" else f"```python\n{text}\n```"
    for output in cell.get("outputs", []):
        shown = output.get("data", {"text/plain": output.get("text", "")})
        if "image/png" in shown:
            yield f"![](data:image/png;base64,{shown['image/png'].strip()})"
        else:
            yield f"```text\n{''.join(shown['text/plain'])}\n```"


def setup(app: Sphinx) -> None:
    """Let browsers draw formulas by themselves: MathML needs no script and no network."""
    app.add_html_math_renderer("mathml", (inline_math, None), (display_math, None))
    app.config.html_math_renderer = "mathml"
    app.add_lexer("csv", TextLexer)
    app.connect("source-read", show_notebook)

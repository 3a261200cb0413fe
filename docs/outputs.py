"""Run what the documentation shows, and put what it prints in its place.

    python docs/outputs.py [PAGE or NOTEBOOK ...]

- A command stands after ``$`` in a block of the kind ``console``, its output below it. One that is
  meant to fail stands in a block ``console error``.
- Blocks of the kind ``python`` run one after the other, as a reader would type them. A block of the
  kind ``text`` that follows at once is what the block above it prints.
- Where a page shows a file, the file's name stands in the line above. Commands and Python run in a
  folder that has these files, and ``examples``.
- Notebooks in ``examples`` run as a whole.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
NOTEBOOKS = tuple(sorted((ROOT / "examples").glob("*.ipynb")))
CONSOLE = re.compile(
    r"```console(?P<error> error)?\n\$ (?P<command>[^\n]+)\n(?P<output>.*?)```", re.DOTALL
)
PYTHON = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:\n```text\n(?P<output>.*?)^```\n)?",
    re.DOTALL | re.MULTILINE,
)
FILE = re.compile(r"^`(?P<name>[\w./-]+)`:\n\n```\w+\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE)
OURS = (["corridor"], ["python", "run.py"])
WIDTH = 110
MISTAKE = 2
"""Exit code of a command that was asked for something that cannot be."""
NOTEBOOK_LIMIT_S = 600


def main(files: list[Path]) -> None:
    """Bring pages and notebooks up to date."""
    for file in files:
        before = file.read_text(encoding="utf-8")
        after = notebook_again(before) if file.suffix == ".ipynb" else page_again(before)
        print(
            f"{file.relative_to(ROOT)}: {'as it was' if after == before else 'brought up to date'}"
        )
        file.write_text(after, encoding="utf-8")


def page_again(page: str) -> str:
    """A page with what its commands and its Python print now."""
    with tempfile.TemporaryDirectory() as folder, within(Path(folder)):
        lay_out(page, Path(folder))
        printed = python_outputs(page)
        page = PYTHON.sub(lambda block: with_output(block, next(printed)), page)
        return CONSOLE.sub(lambda block: rerun(block, Path(folder)), page)


@contextlib.contextmanager
def within(folder: Path) -> Iterator[None]:
    """Work in a folder, from which modules can be imported, as from Corridor's own."""
    places = [str(folder), str(ROOT)]
    sys.path[:0] = places
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        for place in places:
            sys.path.remove(place)


def lay_out(page: str, folder: Path) -> None:
    """Write the files that a page shows into a folder, beside the examples."""
    (folder / "examples").symlink_to(ROOT / "examples")
    for shown in FILE.finditer(page):
        (folder / shown["name"]).write_text(shown["text"], encoding="utf-8")


def python_outputs(page: str) -> Iterator[str]:
    """What the blocks of Python of a page print, one after the other in one namespace."""
    names: dict[str, Any] = {"__name__": "shown"}
    for number, block in enumerate(PYTHON.finditer(page)):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block["code"], f"block {number}", "exec"), names)  # noqa: S102
        yield trimmed(printed.getvalue())


def with_output(block: re.Match[str], printed: str) -> str:
    """A block of Python with what it prints, where the page shows that."""
    shown = f"```python\n{block['code']}```\n"
    return shown if block["output"] is None else f"{shown}\n```text\n{printed}```\n"


def rerun(block: re.Match[str], folder: Path) -> str:
    """A block with what its command prints now."""
    output = output_of(block["command"], folder, fails=bool(block["error"]))
    return f"```console{block['error'] or ''}\n$ {block['command']}\n{output}```"


def output_of(command: str, folder: Path, *, fails: bool = False) -> str:
    """What one of our commands prints for a reader.

    Raises
    ------
    ValueError
        If it is none of our commands, or if it fails where it should not, or the other way round.
    """
    words = shlex.split(command)
    ours = next((own for own in OURS if words[: len(own)] == own), None)
    if ours is None:
        raise ValueError(f"none of Corridor's commands: {command}")
    arguments = [str(ROOT / w) if w.startswith("../shared") else w for w in words[len(ours) :]]
    ended = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": str(WIDTH), "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ended.returncode != (MISTAKE if fails else 0):
        raise ValueError(f"{command}\nended with {ended.returncode}:\n{ended.stdout}")
    return trimmed(ended.stdout)


def trimmed(printed: str) -> str:
    """Printed lines without blanks at their ends."""
    return "".join(f"{line.rstrip()}\n" for line in printed.strip("\n").splitlines())


def notebook_again(text: str) -> str:
    """A notebook with what its cells print now.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.reads(text, as_version=4)
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    place = {"metadata": {"path": str(ROOT / "examples")}}
    NotebookClient(
        notebook, timeout=NOTEBOOK_LIMIT_S, resources=place, record_timing=False
    ).execute()
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"]}
    return f"{nbformat.writes(notebook, version=4)}\n"


if __name__ == "__main__":
    main([Path(name).resolve() for name in sys.argv[1:]] or [*PAGES, *NOTEBOOKS])

"""Run every command whose output the documentation shows, and put what it prints in its place.

    python docs/outputs.py [PAGE ...]

Such a command stands after ``$`` in a block of the kind ``console``. Where a page shows a file, its
name stands in the line above; the commands of the page find it in the folder that they run in.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
CONSOLE = re.compile(r"```console\n\$ (?P<command>[^\n]+)\n(?P<output>.*?)```", re.DOTALL)
FILE = re.compile(r"^`(?P<name>[\w.]+)`:\n\n```\w+\n(?P<text>.*?)```", re.DOTALL | re.MULTILINE)
OURS = (["corridor"], ["python", "run.py"], ["make", "run"])
WIDTH = 110


def main(pages: list[Path]) -> None:
    """Bring pages up to date."""
    for page in pages:
        before = page.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            lay_out(before, Path(folder))
            after = CONSOLE.sub(lambda block: rerun(block, Path(folder)), before)
        print(
            f"{page.relative_to(ROOT)}: {'as it was' if after == before else 'brought up to date'}"
        )
        page.write_text(after, encoding="utf-8")


def rerun(block: re.Match[str], folder: Path) -> str:
    """A block with what its command prints now."""
    command = block["command"]
    return f"```console\n$ {command}\n{output_of(command, folder)}```"


def lay_out(page: str, folder: Path) -> None:
    """Write the files that a page shows into a folder, beside the examples."""
    (folder / "examples").symlink_to(ROOT / "examples")
    for shown in FILE.finditer(page):
        (folder / shown["name"]).write_text(shown["text"], encoding="utf-8")


def output_of(command: str, folder: Path) -> str:
    """What one of our commands prints for a reader, mistakes included.

    Raises
    ------
    ValueError
        If it is none of our commands.
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
    lines = [line.rstrip() for line in ended.stdout.strip().splitlines()]
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main([Path(name).resolve() for name in sys.argv[1:]] or list(PAGES))

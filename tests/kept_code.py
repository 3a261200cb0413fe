"""Compiled code that is kept from one run of the tests to the next, in whatever checkout.

Numba keeps what it has compiled beside its source. In a fresh clone there is nothing, and every
process of the tests would compile for most of a minute. So it is kept in the user's cache as well:
one archive a module, named by a hash of the module, of all own modules that it imports, and of the
packages that compile. Numba itself looks at the module's text alone, and would go on with what a
function of another file was before it was changed.
"""

from __future__ import annotations

import ast
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

from environment.roads.cache import cache_folder
from own_packages import HOME, NAMES

PYTHON = f"py{sys.version_info[0]}{sys.version_info[1]}{sys.abiflags}"
COMPILERS = ("numba", "llvmlite", "numpy")
FORGOTTEN_AFTER_S = 30 * 86_400


def put_back() -> dict[Path, Path]:
    """Put kept code beside its source, in place of what lies there.

    Returns
    -------
    dict of Path to Path
        The archive of each module that is compiled.
    """
    archives = {module: _archive(module) for module in _compiled_modules()}
    for module, archive in archives.items():
        kept = _kept(archive)
        if kept == _beside(module):
            continue
        for name in _beside(module).keys() - kept.keys():
            (module.parent / "__pycache__" / name).unlink(missing_ok=True)
        for name, code in kept.items():
            _write_whole(module.parent / "__pycache__" / name, code)
    return archives


def keep(archives: dict[Path, Path]) -> None:
    """Keep what was compiled since, of modules that have not changed since; forget what is old."""
    for module, archive in archives.items():
        code = _beside(module)
        if len(code) <= len(_kept(archive)) or archive != _archive(module):
            continue
        archive.parent.mkdir(parents=True, exist_ok=True)
        unfinished = archive.with_suffix(f".{os.getpid()}")
        with ZipFile(unfinished, "w") as opened:
            for name, content in code.items():
                opened.writestr(name, content)
        unfinished.replace(archive)
    for archive in (cache_folder() / "compiled").glob("*"):
        if archive.stat().st_mtime < time.time() - FORGOTTEN_AFTER_S:
            archive.unlink()


def _compiled_modules() -> Iterator[Path]:
    for name in NAMES:
        for module in sorted((HOME / name).rglob("*.py")):
            if "njit" in module.read_text(encoding="utf-8"):
                yield module


def _archive(module: Path) -> Path:
    """Where the code of a module is kept that was compiled from this text."""
    told = hashlib.sha256(" ".join(map(version, COMPILERS)).encode())
    for source in sorted(_all_imported(module)):
        told.update(str(source.relative_to(HOME)).encode() + source.read_bytes())
    name = ".".join(module.relative_to(HOME).with_suffix("").parts)
    return cache_folder() / "compiled" / f"{name}.{PYTHON}.{told.hexdigest()[:16]}.zip"


def _all_imported(module: Path) -> set[Path]:
    """A module and all own ones that it imports, at any remove."""
    found, open_ends = {module}, [module]
    while open_ends:
        for source in _imported(open_ends.pop()):
            if source not in found:
                found.add(source)
                open_ends.append(source)
    return found


def _imported(module: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            if name.partition(".")[0] in NAMES:
                place = HOME.joinpath(*name.split("."))
                yield from filter(Path.exists, (place.with_suffix(".py"), place / "__init__.py"))


def _kept(archive: Path) -> dict[str, bytes]:
    """What is in an archive; nothing if there is none."""
    if not archive.exists():
        return {}
    os.utime(archive)
    with ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _beside(module: Path) -> dict[str, bytes]:
    """What Numba has kept beside a module, by the names of the files."""
    folder, code = module.parent / "__pycache__", {}
    for kind in ("nbi", "*.nbc"):
        for path in folder.glob(f"{module.stem}.*.{PYTHON}.{kind}"):
            with suppress(FileNotFoundError):  # somebody else is at work there
                code[path.name] = path.read_bytes()
    return code


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_name(f"{path.name}.tmp.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)

"""The source of a user's policy: found once, and carried to wherever it is run."""

from __future__ import annotations

import difflib
import hashlib
import importlib.util
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from environment.errors import suggest
from own_packages import NAMES
from policies.base import PolicyError
from policies.watch import limited


def place_of(error: BaseException, file: str | None) -> str:
    """Name file and line, such as ``"mine.py, line 7"``; empty if `file` had no part in it.

    Parameters
    ----------
    error : BaseException
    file : str or None
        The policy's file: the innermost of its lines is named, not the library that it called.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == file]
    return f"{Path(str(file)).name}, line {lines[-1]}" if lines else ""


def describe(error: BaseException) -> str:
    """Type and message of an exception on one line."""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return ": ".join([type(error).__name__, *filter(None, [" ".join(text.split())])])


LIMIT_S = 30.0
"""Real seconds that running a file may take, imports included."""


@dataclass(frozen=True)
class PolicySource:
    """A file of the user's with a policy in it.

    Attributes
    ----------
    use : str
        As the scenario names it: ``module:Class`` or ``./file.py:Class``.
    class_name : str
    path : str
        Where it was found, for messages; only `text` is run.
    text : str
    """

    use: str
    class_name: str
    path: str
    text: str

    @property
    def sha256(self) -> str:
        """A fingerprint of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def find_source(use: str, folders: Sequence[Path]) -> PolicySource:
    """Find ``module:Class`` or ``./file.py:Class`` in folders, then among installed packages.

    Raises
    ------
    PolicyError
        If there is no such file, or the module has the name of one of Corridor's packages.
    """
    place, _, class_name = use.rpartition(":")
    if not (place and class_name.isidentifier()):
        raise PolicyError(f"policy {use!r}: expected module:Class or ./file.py:Class")
    if _is_corridors(place):
        path: Path | None = _find_own(use, place)
    else:
        path = _find_file(place, folders) or _find_installed(place)
    path = path or _find_installed(place)
    if path is None:
        looked = ", ".join(str(folder.resolve()) for folder in dict.fromkeys(folders))
        raise PolicyError(
            f"policy {use!r}: no file {_file_of(place)} in {looked}{_hint(place, folders)}"
        )
    try:
        return PolicySource(use, class_name, str(path.resolve()), path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"policy {use!r}: {path} cannot be read: {error}") from None


def load_class(source: PolicySource) -> type:
    """Run a policy's source and return the class; the same text is run once in a process.

    Raises
    ------
    PolicyError
        If the file cannot be run, or has no such class.
    """
    module = _load_module(source)
    cls = getattr(module, source.class_name, None)
    if not isinstance(cls, type):
        own = [thing for thing in vars(module).values() if isinstance(thing, type)]
        names = [thing.__name__ for thing in own if thing.__module__ == module.__name__]
        hint = suggest(source.class_name, names)
        raise PolicyError(f"{source.path}: no class {source.class_name!r} ({hint})")
    return cls


def _load_module(source: PolicySource) -> ModuleType:
    name = f"corridor_policy_{source.sha256[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    module = ModuleType(name)
    module.__file__ = source.path
    sys.modules[name] = module  # dataclasses and pickle look a class's module up there
    try:
        with (
            _importable(Path(source.path).parent),
            limited(f"{source.path}: running it", LIMIT_S),
        ):
            exec(compile(source.text, source.path, "exec"), module.__dict__)  # noqa: S102
    except PolicyError:
        del sys.modules[name]
        raise
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        place = place_of(error, source.path) or source.path
        raise PolicyError(f"{place}: cannot be run: {describe(error)}") from error
    return module


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let a policy import the files beside it, behind everything that is installed."""
    sys.path.append(str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def _file_of(place: str) -> Path:
    return Path(place) if place.endswith(".py") else Path(*place.split(".")).with_suffix(".py")


def _is_corridors(place: str) -> bool:
    return not place.endswith(".py") and place.partition(".")[0] in NAMES


def _find_own(use: str, place: str) -> Path:
    """A module of Corridor's, never one of the user's that happens to have its name."""
    path = _find_installed(place)
    if path is None or "." not in place:
        raise PolicyError(
            f"policy {use!r}: Corridor has a {place.partition('.')[0]!r} of its own; "
            f"rename your file, or write ./{_file_of(place)}:{use.rpartition(':')[2]}"
        )
    return path


def _find_file(place: str, folders: Sequence[Path]) -> Path | None:
    paths = (folder / _file_of(place) for folder in folders)
    return next((path for path in paths if path.is_file()), None)


def _find_installed(place: str) -> Path | None:
    if place.endswith(".py"):
        return None
    try:
        spec = importlib.util.find_spec(place)
    except (ImportError, ValueError):
        return None
    return Path(spec.origin) if spec is not None and spec.has_location and spec.origin else None


def _hint(place: str, folders: Sequence[Path]) -> str:
    """The nearest name among the files that are there."""
    file = _file_of(place)
    there = {path.name for folder in folders for path in (folder / file.parent).glob("*.py")}
    close = difflib.get_close_matches(file.name, sorted(there), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""

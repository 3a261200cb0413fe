"""The source of a user's policy: found once, and carried to wherever it is run."""

from __future__ import annotations

import difflib
import dis
import hashlib
import importlib.util
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from environment.errors import suggest
from own_packages import NAMES
from policies.base import PolicyError
from policies.own_modules import PREFIX, OwnModule, copy_of, find_modules, new_copy_number
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
    """Type and message of an exception on one line, be it one that cannot be printed."""
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except BaseException:  # noqa: BLE001 - the user's own __str__ may raise anything
        text = "its message cannot be printed"
    return ": ".join([type(error).__name__, *filter(None, [" ".join(text.split())])])


def is_interrupt(error: BaseException) -> bool:
    """Whether it is the user's Ctrl-C, and not raised by a policy's own statement."""
    if not isinstance(error, KeyboardInterrupt):
        return False
    innermost = error.__traceback__
    while innermost is not None and innermost.tb_next is not None:
        innermost = innermost.tb_next
    if innermost is None:
        return True
    frame = innermost.tb_frame
    is_own = str(frame.f_globals.get("__name__")).startswith(PREFIX)
    return not (is_own and frame.f_code.co_code[innermost.tb_lasti] == RAISE)


RAISE = dis.opmap["RAISE_VARARGS"]
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
    modules : tuple of OwnModule
        What it imports from its own folder.
    copy : int
        Which copy of these modules it is loaded in (see `fresh_copies`).
    """

    use: str
    class_name: str
    path: str
    text: str
    modules: tuple[OwnModule, ...] = ()
    copy: int = 0

    @property
    def sha256(self) -> str:
        """A fingerprint of the text, and of all that it imports from its folder."""
        digest = hashlib.sha256(self.text.encode())
        for module in self.modules:
            digest.update(f"\0{module.name}\0{module.text}".encode())
        return digest.hexdigest()


def fresh_copies(sources: Mapping[str, PolicySource]) -> dict[str, PolicySource]:
    """The same sources, whose modules are loaded afresh; those of one folder together.

    So nothing that a policy's module keeps goes from one run into the next.
    """
    number = new_copy_number()
    return {name: replace(source, copy=number) for name, source in sources.items()}


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
    beside = None if _is_corridors(place) else _find_file(place, folders)
    own = _find_own(use, place) if _is_corridors(place) else None
    path = beside or own or _find_installed(place)
    if path is None:
        looked = ", ".join(str(folder.resolve()) for folder in dict.fromkeys(folders))
        raise PolicyError(
            f"policy {use!r}: no file {_file_of(place)} in {looked}{_hint(place, folders)}"
        )
    try:
        text = path.read_text("utf-8-sig")
        modules = () if beside is None else find_modules(text, _homes(path, place))
        return PolicySource(use, class_name, str(path.resolve()), text, modules)
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"policy {use!r}: {path} cannot be read: {error}") from None


def load_class(source: PolicySource) -> type:
    """Run a policy's source and return the class; it is run once in each copy of its modules.

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
    path = Path(source.path)
    copy = copy_of(source.copy, str(path.parent), source.modules, source.text)
    try:
        with limited(f"{source.path}: running it", LIMIT_S):
            return copy.run_once(path.stem, source.path, source.text)
    except PolicyError:
        raise
    except BaseException as error:
        if is_interrupt(error):
            raise
        place = place_of(error, source.path) or source.path
        raise PolicyError(f"{place}: cannot be run: {describe(error)}") from error


def _file_of(place: str) -> Path:
    return Path(place) if place.endswith(".py") else Path(*place.split(".")).with_suffix(".py")


def _homes(path: Path, place: str) -> list[Path]:
    """Where a policy's own modules are: beside it, or where its dotted name begins."""
    beside = path.resolve().parent
    above = 0 if place.endswith(".py") else place.count(".")
    return list(dict.fromkeys((beside, [beside, *beside.parents][above])))


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

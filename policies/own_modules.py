"""What a user's policy imports from its own folder: found with it, and loaded apart from all else.

Two policies may each have a ``helper.py`` of their own, so these modules never go by their plain
names in `sys.modules`. A policy's code is given an ``__import__`` that looks among its own modules
first; whatever is installed is imported as ever.
"""

from __future__ import annotations

import ast
import builtins
import importlib.util
import sys
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, count
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import numpy as np

from own_packages import NAMES

PREFIX = "corridor_policy_"
"""What the names of a policy's modules begin with."""
COPIES_KEPT = 16
"""Of runs whose modules stay findable in `sys.modules`; the modules themselves live on."""


@dataclass(frozen=True)
class OwnModule:
    """A file in a policy's folder that the policy imports.

    Attributes
    ----------
    name : str
        As it is imported there: ``helper``, ``rules.helper``.
    path : str
        Where it was found, for messages; only `text` is run.
    text : str
    is_package : bool
    """

    name: str
    path: str
    text: str
    is_package: bool


def find_modules(text: str, folders: Sequence[Path]) -> tuple[OwnModule, ...]:
    """Every module of a policy's folders that it imports, itself or by another of them, by name.

    A name of Python's own library or of Corridor's packages is never theirs.

    Raises
    ------
    OSError, UnicodeDecodeError
        If one cannot be read.
    """
    found: dict[str, OwnModule] = {}
    waiting = list(_imported(text, ""))
    while waiting:
        for name in accumulate(waiting.pop().split("."), "{}.{}".format):
            if name in found:
                continue
            module = _read_first(name, folders)
            if module is None:
                break
            found[name] = module
            package = name if module.is_package else name.rpartition(".")[0]
            waiting += _imported(module.text, package)
    return tuple(found[name] for name in sorted(found))


def _read_first(name: str, folders: Sequence[Path]) -> OwnModule | None:
    return next(filter(None, (_read(name, folder) for folder in folders)), None)


def _read(name: str, folder: Path) -> OwnModule | None:
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or top in NAMES:
        return None
    place = folder.joinpath(*name.split("."))
    for path, is_package in ((place / "__init__.py", True), (place.with_suffix(".py"), False)):
        if path.is_file():
            return OwnModule(name, str(path.resolve()), path.read_text("utf-8-sig"), is_package)
    if place.is_dir() and any(place.glob("*.py")) and not _is_installed(top):
        return OwnModule(name, str(place.resolve()), "", is_package=True)
    return None


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _imported(text: str, package: str) -> Iterator[str]:
    """Dotted names that a module's text imports, functions of it included."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return  # running it will tell
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                above = package.split(".")[: len(package.split(".")) - level + 1] if level else []
                base = ".".join(filter(None, [*above, module]))
                yield from (f"{base}.{alias.name}" if base else alias.name for alias in names)
            case _:
                pass


@dataclass
class LoadedModules:
    """One copy of the modules of a policy's folder.

    Parameters
    ----------
    prefix : str
        What their names in `sys.modules` begin with; no other copy has the same.
    """

    prefix: str
    sources: dict[str, OwnModule] = field(default_factory=dict)
    _loaded: dict[str, ModuleType] = field(default_factory=dict)

    def run_once(self, name: str, path: str, text: str) -> ModuleType:
        """The module of a policy's own file, which is run when it is first asked for."""
        return self._loaded.get(name) or self.run(name, path, text)

    def run(self, name: str, path: str, text: str, *, is_package: bool = False) -> ModuleType:
        """Run a module's text in this copy."""
        whole = f"{self.prefix}.{name}"
        module = ModuleType(whole)
        module.__file__ = path
        module.__package__ = whole if is_package else whole.rpartition(".")[0]
        if is_package:
            module.__path__ = []
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._import}
        self._loaded[name] = module
        sys.modules[whole] = module  # dataclasses and pickle look a class's module up there
        try:
            exec(_compiled(text, path), module.__dict__)  # noqa: S102
        except BaseException:
            del self._loaded[name]
            sys.modules.pop(whole, None)
            raise
        _keep_compiled(module, f"{name} {hash(text)}", len(self.prefix) + 1)
        return module

    def forget(self) -> None:
        """Take the copy's modules out of `sys.modules`."""
        for name in self._loaded:
            sys.modules.pop(f"{self.prefix}.{name}", None)

    def _import(
        self,
        name: str,
        globals_: Mapping[str, Any] | None = None,
        locals_: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """What an ``import`` in the policy's own code does."""
        own = name
        if level and globals_ is not None:
            package = str(globals_.get("__package__") or "")
            whole = importlib.util.resolve_name("." * level + name, package)
            own = whole.removeprefix(f"{self.prefix}.")
        top = own.partition(".")[0]
        if top not in self.sources:
            return builtins.__import__(name, globals_, locals_, fromlist or (), level)
        module = self._load(own)
        if not fromlist:
            return self._loaded[top]
        for item in fromlist:
            if not hasattr(module, item) and f"{own}.{item}" in self.sources:
                self._load(f"{own}.{item}")
        return module

    def _load(self, name: str) -> ModuleType:
        if name in self._loaded:
            return self._loaded[name]
        above, _, last = name.rpartition(".")
        parent = self._load(above) if above else None
        if name not in self.sources:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        source = self.sources[name]
        module = self.run(name, source.path, source.text, is_package=source.is_package)
        if parent is not None:
            setattr(parent, last, module)
        return module


_copies: OrderedDict[tuple[int, str, int], LoadedModules] = OrderedDict()
_numbers = count(1)
_code: dict[tuple[str, str], CodeType] = {}


def new_copy_number() -> int:
    """A number under which modules are loaded afresh."""
    return next(_numbers)


def copy_of(number: int, folder: str, own: Sequence[OwnModule], text: str) -> LoadedModules:
    """The modules of a folder in a copy; policies of one folder share them within it.

    Parameters
    ----------
    number : int
        Of the copy; 0 is the one outside runs, of which there is one for each text.
    folder : str
    own : sequence of OwnModule
        Modules that may be imported in it from now on.
    text : str
        Of the policy.
    """
    key = (number, folder, 0 if number else hash((text, *own)))
    if key not in _copies:
        _copies[key] = LoadedModules(f"{PREFIX}{next(_numbers)}")
        if len(_copies) > COPIES_KEPT:
            _copies.popitem(last=False)[1].forget()
    _copies.move_to_end(key)
    _copies[key].sources.update((module.name, module) for module in own)
    return _copies[key]


def _compiled(text: str, path: str) -> CodeType:
    """The byte code of a text, made once in a process."""
    if (text, path) not in _code:
        _code[text, path] = compile(text, path, "exec")
    return _code[text, path]


_kept_compiled: dict[tuple[str, str], Any] = {}


def _keep_compiled(module: ModuleType, source: str, prefix_length: int) -> None:
    """Put functions compiled in an earlier copy of a module in place of its own.

    Compiled code takes the module's values for constants, so one copy's is as good as another's
    where the source is the same and so are the values that the function reads.

    Parameters
    ----------
    module : ModuleType
        Fresh, and run.
    source : str
        Tells modules of another text apart.
    prefix_length : int
        Characters of the module's name that only tell its copy.
    """
    if "numba" not in sys.modules:
        return
    from numba.core.registry import CPUDispatcher

    for name, own in list(vars(module).items()):
        if not isinstance(own, CPUDispatcher) or own.py_func.__module__ != module.__name__:
            continue
        key = (module.__name__[prefix_length:] + source, name)
        kept = _kept_compiled.setdefault(key, own)
        if kept is not own and _reads_the_same(kept.py_func, own.py_func):
            setattr(module, name, kept)


def _reads_the_same(kept: Any, own: Any) -> bool:
    """Whether two functions of one text have no state of their own, and read equal constants."""
    if own.__closure__ or own.__code__.co_code != kept.__code__.co_code:
        return False
    return all(
        _is_same(kept.__globals__.get(name), own.__globals__.get(name))
        for name in own.__code__.co_names
    )


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    if isinstance(one, int | float | str | tuple | None) and type(one) is type(other):
        return bool(one == other)
    return type(one) is type(other)  # functions and modules, of the same text

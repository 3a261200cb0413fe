"""The map's ES modules as one, which is what a widget carries.

A browser can run the files as they stand: each names what it takes from which other, and a linter
checks that. But anywidget hands a browser one text without an address, from which ``./camera.js``
could not be asked for. Our own page could serve the files; Mesa's page and a notebook have no
server of ours, and all three work without the internet. A bundler such as esbuild would need
Node.js or a program of its own, and a generated file in the repository that can fall behind. So
the modules are joined here, when the widget is imported, in some milliseconds: each becomes a
function with names of its own that runs once, after those it imports from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

FOLDER = Path(__file__).parent
ENTRY = "city_map"

IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "\./(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:class|const|function) (\w+))", re.MULTILINE)
OTHER = re.compile(r"^(?:import|export)\b(?! default \{).*", re.MULTILINE)
FORMS = 'import { a, b } from "./name.js"; export class, const or function; export default { … }'


@dataclass(frozen=True)
class Module:
    """A file of JavaScript.

    Attributes
    ----------
    imports : mapping of str to tuple of str
        Names that it takes, by the module that has them.
    exports : tuple of str
    body : str
        Its text without both; the entry's keeps its default export.
    """

    imports: Mapping[str, tuple[str, ...]]
    exports: tuple[str, ...]
    body: str


def program(folder: Path = FOLDER, entry: str = ENTRY) -> str:
    """One ES module of an entry and all that it imports, without an import.

    Raises
    ------
    ValueError
        If a module imports what is not there, or itself by a detour, or a line that begins with
        ``import`` or ``export`` is none of `FORMS`.
    """
    modules = _read_all(folder, entry)
    uses = {name: module.imports for name, module in modules.items()}
    try:
        order = tuple(TopologicalSorter(uses).static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise ValueError(f"{folder}: modules import each other: {circle}") from None
    *others, last = order
    return "".join([*(_as_function(name, modules[name]) for name in others), _text(modules[last])])


def style() -> str:
    """The map's style sheet."""
    return (FOLDER / "city_map.css").read_text(encoding="utf-8")


def _read_all(folder: Path, entry: str) -> dict[str, Module]:
    modules: dict[str, Module] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name not in modules:
            modules[name] = _read(folder / f"{name}.js")
            waiting += modules[name].imports
    _check_names(folder, modules)
    return modules


def _check_names(folder: Path, modules: Mapping[str, Module]) -> None:
    for name, module in modules.items():
        for source, names in module.imports.items():
            exports = modules[source].exports
            if missing := sorted(set(names) - set(exports)):
                raise ValueError(
                    f"{folder / name}.js imports {', '.join(missing)} from {source}.js, "
                    f"which exports {', '.join(exports) or 'nothing'}"
                )


def _read(path: Path) -> Module:
    if not path.is_file():
        raise ValueError(f"{path} is imported, and is not there")
    text = path.read_text(encoding="utf-8")
    imports = {source: tuple(names.split(", ")) for names, source in IMPORT.findall(text)}
    body = EXPORT.sub("", IMPORT.sub("", text))
    if line := OTHER.search(body):
        raise ValueError(f"{path}: {line.group()!r} is none of {FORMS}")
    return Module(imports, tuple(EXPORT.findall(text)), body)


def _as_function(name: str, module: Module) -> str:
    exports = ", ".join(module.exports)
    return f"const ${name} = (() => {{\n{_text(module)}return {{ {exports} }};\n}})();\n"


def _text(module: Module) -> str:
    """A module's text, with constants for what it imports."""
    taken = [
        f"const {{ {', '.join(names)} }} = ${source};\n" for source, names in module.imports.items()
    ]
    return "".join(taken) + module.body

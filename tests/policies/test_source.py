"""A user's policy is found where it may be, and what is wrong with its file is told."""

import pickle
import sys
from pathlib import Path

import pytest

from policies.base import PolicyError
from policies.dispatch import DISPATCH
from policies.registry import build_policy
from policies.source import PolicySource, find_source, fresh_copies, load_class

POLICY = "class Mine:\n    def choose(self, call, view):\n        return []\n"


def load(use: str, *folders: Path) -> type:
    return load_class(find_source(use, folders))


@pytest.mark.parametrize(
    ("file", "use"),
    [
        ("mine.py", "mine:Mine"),
        ("mine.py", "./mine.py:Mine"),
        ("rules/mine.py", "rules.mine:Mine"),
        ("rules/mine.py", "rules/mine.py:Mine"),
        ("policies.py", "./policies.py:Mine"),
    ],
)
def test_file_is_found(write, tmp_path, file: str, use: str) -> None:
    path = write(file, POLICY)
    source = find_source(use, [tmp_path / "empty", tmp_path])
    assert source.path == str(path.resolve())
    assert load_class(source).__name__ == "Mine"


def test_file_is_found_by_its_whole_path(write, tmp_path) -> None:
    path = write("mine.py", POLICY)
    assert load(f"{path}:Mine", tmp_path / "elsewhere").__name__ == "Mine"


def test_first_folder_comes_first(write, tmp_path) -> None:
    write("here/mine.py", POLICY)
    write("there/mine.py", POLICY + "\n")
    found = find_source("mine:Mine", [tmp_path / "here", tmp_path / "there"])
    assert Path(found.path).parent.name == "here"


def test_installed_module_is_found(tmp_path) -> None:
    assert load("policies.dispatch.nearest:Nearest", tmp_path).__name__ == "Nearest"
    assert load("fractions:Fraction", tmp_path).__name__ == "Fraction"


def test_file_beside_it_can_be_imported(write, tmp_path) -> None:
    write("beside_mine.py", "LIMIT = 7\n")
    write("mine.py", "from beside_mine import LIMIT\n" + POLICY)
    assert sys.modules[load("mine:Mine", tmp_path).__module__].LIMIT == 7


def test_modules_of_the_same_name_in_two_folders_are_apart_and_travel(write, tmp_path) -> None:
    """Bug: both policies got the helper of the one that was loaded first."""
    sources = []
    for folder, keep in (("A", 1), ("B", 2)):
        write(f"{folder}/parts/limits.py", f"KEEP = {keep}\n")
        write(f"{folder}/helper.py", "from parts.limits import KEEP\n")
        text = POLICY.replace("return []", "import helper\n        return [helper.KEEP]")
        sources.append(
            find_source(write(f"{folder}/mine.py", text).as_posix() + ":Mine", [tmp_path])
        )
        assert [module.name for module in sources[-1].modules] == [
            "helper",
            "parts",
            "parts.limits",
        ]
    for file in tmp_path.rglob("*.py"):
        file.unlink()
    assert [load_class(one)().choose(None, None) for one in sources] == [[1], [2]]
    assert sources[0].sha256 != sources[1].sha256
    assert "helper" not in sys.modules


def test_each_copy_has_its_own_state_and_keeps_what_is_compiled(write, tmp_path) -> None:
    write(
        "mine.py",
        "import numba\nseen = []\n@numba.njit\ndef twice(x):\n    return 2 * x\n"
        "class Mine:\n    def choose(self, call, view):\n        seen.append(twice(1))\n"
        "        return list(seen)\n",
    )
    source = find_source("mine:Mine", [tmp_path])
    copies = [load_class(fresh_copies({"a": source})["a"]) for _ in range(2)]
    assert [one().choose(None, None) for one in (*copies, copies[0])] == [[2], [2], [2, 2]]
    first, second = (sys.modules[one.__module__] for one in copies)
    assert first.twice is second.twice
    assert first.seen is not second.seen


def test_byte_order_mark_does_no_harm(write, tmp_path) -> None:
    write("mine.py", "\ufeff" + POLICY)
    assert load("mine:Mine", tmp_path).__name__ == "Mine"


def test_source_travels_without_its_file(write, tmp_path) -> None:
    path = write("mine.py", POLICY + "# travels\n")
    carried = pickle.dumps(find_source("mine:Mine", [tmp_path]))
    path.unlink()
    source = pickle.loads(carried)  # noqa: S301
    assert isinstance(source, PolicySource)
    assert build_policy(DISPATCH, "mine:Mine", {}, source).choose(None, None) == []


def test_changed_file_has_another_hash_and_its_own_class(write, tmp_path) -> None:
    write("mine.py", POLICY)
    first = find_source("mine:Mine", [tmp_path])
    write("mine.py", POLICY.replace("[]", "[1]"))
    second = find_source("mine:Mine", [tmp_path])
    assert first.sha256 != second.sha256
    assert load_class(first)().choose(None, None) == []
    assert load_class(second)().choose(None, None) == [1]


@pytest.mark.parametrize(
    ("use", "message"),
    [
        ("mine", "policy 'mine': expected module:Class or ./file.py:Class"),
        (":Mine", "policy ':Mine': expected module:Class or ./file.py:Class"),
        ("mine:My Class", "policy 'mine:My Class': expected module:Class or ./file.py:Class"),
        ("mien:Mine", "policy 'mien:Mine': no file mien.py in {folder} (did you mean 'mine.py'?)"),
        ("./absent.py:Mine", "policy './absent.py:Mine': no file absent.py in {folder}"),
        ("./folder.py:Mine", "policy './folder.py:Mine': no file folder.py in {folder}"),
        ("mine:Mien", "{folder}/mine.py: no class 'Mien' (did you mean 'Mine'?)"),
        ("mine:Other", "{folder}/mine.py: no class 'Other' (known: Mine)"),
        ("mine:helper", "{folder}/mine.py: no class 'helper' (known: Mine)"),
        ("broken:Mine", "broken.py, line 2: cannot be run: SyntaxError: expected ':'"),
        ("raising:Mine", "raising.py, line 3: cannot be run: ZeroDivisionError: division by zero"),
        ("lacking:Mine", "lacking.py, line 1: cannot be run: ModuleNotFoundError: No module named"),
        ("leaving:Mine", "leaving.py, line 1: cannot be run: SystemExit: 3"),
        ("binary:Mine", "policy 'binary:Mine': {folder}/binary.py cannot be read: 'utf-8' codec"),
    ],
)
def test_mistake_is_told(write, tmp_path, use: str, message: str) -> None:
    write("mine.py", POLICY + "def helper():\n    pass\n")
    write("broken.py", "import os\nclass Mine\n")
    write("raising.py", "def f():\n    return 1\nLIMIT = f() / 0\n")
    write("lacking.py", "import no_such_module_anywhere\n")
    write("leaving.py", "raise SystemExit(3)\n")
    (tmp_path / "binary.py").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(PolicyError) as error:
        load(use, tmp_path)
    assert str(error.value).startswith(message.format(folder=tmp_path))


@pytest.mark.parametrize("name", ["policies", "agents", "run", "policies.dispatch.mine"])
def test_name_of_a_package_of_corridors_is_refused(write, tmp_path, name: str) -> None:
    file = f"{name.replace('.', '/')}.py"
    write(file, POLICY)
    own = name.partition(".")[0]
    with pytest.raises(PolicyError) as error:
        find_source(f"{name}:Mine", [tmp_path])
    assert str(error.value) == (
        f"policy '{name}:Mine': Corridor has a '{own}' of its own; "
        f"rename your file, or write ./{file}:Mine"
    )


def test_loop_in_a_file_is_stopped(write, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("policies.source.LIMIT_S", 0.2)
    write("mine.py", "while True:\n    pass\n")
    with pytest.raises(PolicyError, match=r"mine.py: running it took more than 0.2 s; does it lo"):
        load("mine:Mine", tmp_path)


def test_loop_in_a_constructor_is_stopped(write, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("policies.registry.LIMIT_S", 0.2)
    write(
        "mine.py", "class Mine:\n    def __init__(self):\n        while True:\n            pass\n"
    )
    with pytest.raises(PolicyError) as error:
        build_policy(DISPATCH, "mine:Mine", {}, find_source("mine:Mine", [tmp_path]))
    assert str(error.value) == (
        "policies.dispatch: mine:Mine: making it took more than 0.2 s; does it loop?"
    )

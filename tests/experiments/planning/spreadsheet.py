"""A spreadsheet program in small: works out the formulas that Corridor writes, by Excel's rules.

It knows the functions and signs that occur in them, has SciPy for the laws, and is independent of
what wrote the workbook: it reads formulas from the file.
"""

import math
import re

import numpy as np
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from scipy import stats

TOKEN = re.compile(
    r"""\s*(?:
    (?P<rows>\$\d+:\$\d+)
    |(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?)
    |(?P<text>"(?:[^"]|"")*")
    |(?P<ref>(?:'[^']+'!|[A-Za-z_]+!)?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)(?![\w(.])
    |(?P<name>[A-Za-z_][\w.]*)
    |(?P<sign><=|>=|<>|[-+*/^&=<>(),])
    )""",
    re.VERBOSE,
)


class Spreadsheet:
    """The values of a workbook's cells, worked out when they are asked for.

    Cells can be set first, as somebody does who changes a number.
    """

    def __init__(self, path):
        self._book = load_workbook(path)
        self._known = {}

    def set(self, sheet, cell, value):
        self._book[sheet][cell] = value
        self._known.clear()

    def value(self, sheet, cell):
        key = (sheet, cell.replace("$", ""))
        if key not in self._known:
            content = self._book[sheet][key[1]]
            is_formula = content.data_type == "f"
            self._known[key] = (
                _Reader(self, sheet, content.value[1:]).answer() if is_formula else content.value
            )
        return self._known[key]

    def formulas(self, sheet):
        """Cells of a sheet that hold formulas."""
        rows = self._book[sheet].iter_rows()
        return [cell.coordinate for row in rows for cell in row if cell.data_type == "f"]

    def range(self, sheet, cells):
        left, top, right, bottom = range_boundaries(cells.replace("$", ""))
        own = self._book[sheet]
        return np.array(
            [
                _number(self.value(sheet, own.cell(row, column).coordinate))
                for row in range(top, bottom + 1)
                for column in range(left, right + 1)
            ]
        )


def _number(value):
    return 0.0 if value is None else float(value)


class _Reader:
    """Reads one formula from the left, by the precedence that Excel has."""

    def __init__(self, book, sheet, text):
        self._book, self._sheet = book, sheet
        self._tokens = []
        at = 0
        while at < len(text):
            found = TOKEN.match(text, at)
            assert found, f"{text!r} at {at}"
            self._tokens.append((found.lastgroup, found[str(found.lastgroup)]))
            at = found.end()
        self._at = 0

    def answer(self):
        value = self._comparison()
        assert self._at == len(self._tokens), self._tokens[self._at :]
        return value.item() if isinstance(value, np.generic) else value

    def _peek(self):
        return self._tokens[self._at][1] if self._at < len(self._tokens) else None

    def _take(self, *signs):
        if self._at < len(self._tokens) and self._tokens[self._at] in [("sign", s) for s in signs]:
            self._at += 1
            return self._tokens[self._at - 1][1]
        return None

    def _comparison(self):
        left = self._joined()
        while sign := self._take("<=", ">=", "<>", "<", ">", "="):
            right = self._joined()
            compare = {
                "<": np.less, ">": np.greater, "<=": np.less_equal, ">=": np.greater_equal,
                "=": np.equal, "<>": np.not_equal,
            }[sign]  # fmt: skip
            if isinstance(left, str) or isinstance(right, str):
                assert sign == "="
                left = left == right
            else:
                left = compare(left, right)
        return left

    def _joined(self):
        left = self._sum()
        while self._take("&"):
            left = _text(left) + _text(self._sum())
        return left

    def _sum(self):
        left = self._product()
        while sign := self._take("+", "-"):
            right = self._product()
            left = _plain(left) + _plain(right) if sign == "+" else _plain(left) - _plain(right)
        return left

    def _product(self):
        left = self._power()
        while sign := self._take("*", "/"):
            right = self._power()
            left = _plain(left) * _plain(right) if sign == "*" else _plain(left) / _plain(right)
        return left

    def _power(self):
        left = self._signed()
        while self._take("^"):
            left = _plain(left) ** _plain(self._signed())
        return left

    def _signed(self):
        if self._take("-"):
            return -1.0 * _plain(self._signed())
        if self._take("+"):
            return _plain(self._signed())
        return self._atom()

    def _atom(self):
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "number":
            return float(text)
        if kind == "text":
            return text[1:-1].replace('""', '"')
        if kind == "ref":
            return self._reference(text)
        if text == "(":
            value = self._comparison()
            assert self._take(")")
            return value
        assert kind == "name", text
        if text in ("TRUE", "FALSE"):
            return text == "TRUE"
        assert self._take("(")
        return self._function(text.removeprefix("_xlfn."))

    def _reference(self, text):
        sheet, _, cells = text.rpartition("!")
        sheet = sheet.strip("'") or self._sheet
        if ":" in cells:
            return self._book.range(sheet, cells)
        return self._book.value(sheet, cells)

    def _function(self, name):
        if name == "IF":
            return self._if()
        if name == "ROW":
            first, last = re.findall(r"\d+", self._tokens[self._at][1])
            self._at += 1
            assert self._take(")")
            return np.arange(float(first), float(last) + 1)
        values = []
        while not self._take(")"):
            values.append(self._comparison())
            self._take(",")
        return FUNCTIONS[name](*values)

    def _if(self):
        """Only the side that is asked for is worked out."""
        is_true = bool(_plain(self._comparison()))
        self._take(",")
        answers = [self._comparison() if is_true else self._skip()]
        self._take(",")
        answers.append(self._skip() if is_true else self._comparison())
        assert self._take(")")
        return answers[0 if is_true else 1]

    def _skip(self):
        depth = 0
        while depth or self._tokens[self._at] not in [("sign", ","), ("sign", ")")]:
            depth += {"(": 1, ")": -1}.get(self._peek(), 0)
            self._at += 1


def _plain(value):
    return 0.0 if value is None else np.multiply(value, 1.0)


def _text(value):
    return value if isinstance(value, str) else f"{value:g}"


def _round_up(value, digits):
    return math.copysign(math.ceil(abs(value) * 10**digits) / 10**digits, value)


FUNCTIONS = {
    "ABS": abs,
    "AVERAGE": np.mean,
    "BETA.DIST": lambda x, a, b, _: stats.beta.cdf(x, a, b),
    "COUNT": len,
    "EXP": math.exp,
    "GAMMA.DIST": lambda x, a, b, _: stats.gamma.cdf(x, a, scale=b),
    "GAMMA.INV": lambda p, a, b: stats.gamma.ppf(p, a, scale=b),
    "INT": np.floor,
    "ISNUMBER": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "LEFT": lambda text, count: text[: int(count)],
    "LN": math.log,
    "MAX": lambda *values: max(map(_plain, values)),
    "NORM.S.DIST": lambda z, whole: stats.norm.cdf(z) if whole else stats.norm.pdf(z),
    "NORM.S.INV": stats.norm.ppf,
    "OR": lambda *values: any(map(bool, values)),
    "POISSON.DIST": lambda k, mean, _: stats.poisson.cdf(np.floor(k), mean),
    "ROUNDUP": _round_up,
    "SMALL": lambda values, k: np.sort(values)[int(k) - 1],
    "SQRT": math.sqrt,
    "SUM": lambda *values: sum(np.sum(value) for value in values),
    "SUMPRODUCT": lambda first, *others: np.sum(np.prod([first * 1.0, *others], axis=0)),
    "SUMXMY2": lambda a, b: np.sum((a - b) ** 2),
    "TEXT": lambda value, _: f"{value:g}",
}

"""Laws of demand as formulas of a spreadsheet: what is short, what is met, and quantiles."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

NEW = "_xlfn."
"""How a file writes functions that came with Excel 2010, in front of their names."""
WINDOW = 64
"""Whole numbers among which the quantile of a count is looked for, about that of a smooth law."""


@dataclass(frozen=True)
class LawFormulas(ABC):
    """The formulas of one law.

    Attributes
    ----------
    mean, sd : str
        The cells of its mean and standard deviation.
    history : str
        The cells of past demand; empty where there are none.
    """

    mean: str
    sd: str
    history: str = ""

    @abstractmethod
    def shortage(self, level: str) -> str:
        """E (D - level)⁺; `level` is a cell, or an expression in brackets."""

    @abstractmethod
    def met(self, level: str) -> str:
        """P(D <= level)."""

    @abstractmethod
    def quantile(self, probability: str) -> str:
        """The least level that meets all demand with a probability."""


class _Normal(LawFormulas):
    def shortage(self, level: str) -> str:
        m, s = self.mean, self.sd
        z = f"(({level}-{m})/{s})"
        spread = f"{s}*({_phi(z, 'FALSE')}-{z}*{_phi(f'-{z}', 'TRUE')})"
        return f"IF({s}=0,MAX(0,{m}-{level}),MAX(0,{spread}))"

    def met(self, level: str) -> str:
        met = _phi(f"({level}-{self.mean})/{self.sd}", "TRUE")
        return f"IF({self.sd}=0,IF({level}>={self.mean},1,0),{met})"

    def quantile(self, probability: str) -> str:
        return f"({self.mean}+{self.sd}*{NEW}NORM.S.INV({probability}))"


class _Lognormal(LawFormulas):
    @property
    def _log_sd(self) -> str:
        return f"SQRT(LN(1+({self.sd}/{self.mean})^2))"

    @property
    def _log_mean(self) -> str:
        return f"(LN({self.mean})-LN(1+({self.sd}/{self.mean})^2)/2)"

    def shortage(self, level: str) -> str:
        d = f"(({self._log_mean}-LN({level}))/{self._log_sd})"
        far = _phi(f"{d}+{self._log_sd}", "TRUE")
        unmet = f"{self.mean}*{far}-{level}*{_phi(d, 'TRUE')}"
        return f"IF({level}<=0,{self.mean}-{level},MAX(0,{unmet}))"

    def met(self, level: str) -> str:
        met = _phi(f"(LN({level})-{self._log_mean})/{self._log_sd}", "TRUE")
        return f"IF({level}<=0,0,{met})"

    def quantile(self, probability: str) -> str:
        return f"EXP({self._log_mean}+{self._log_sd}*{NEW}NORM.S.INV({probability}))"


class _Gamma(LawFormulas):
    @property
    def _shape(self) -> str:
        return f"({self.mean}/{self.sd})^2"

    @property
    def _scale(self) -> str:
        return f"{self.sd}^2/{self.mean}"

    def _below(self, level: str, more: str = "") -> str:
        return f"{NEW}GAMMA.DIST({level},{self._shape}{more},{self._scale},TRUE)"

    def shortage(self, level: str) -> str:
        unmet = f"{self.mean}*(1-{self._below(level, '+1')})-{level}*(1-{self._below(level)})"
        return f"IF({level}<=0,{self.mean}-{level},MAX(0,{unmet}))"

    def met(self, level: str) -> str:
        return f"IF({level}<=0,0,{self._below(level)})"

    def quantile(self, probability: str) -> str:
        return f"{NEW}GAMMA.INV({probability},{self._shape},{self._scale})"


class _Count(LawFormulas):
    """A law of whole numbers, by its distribution function."""

    @abstractmethod
    def _up_to(self, whole: str) -> str:
        """P(D <= whole), `whole` being >= 0."""

    @abstractmethod
    def _up_to_sized(self, whole: str) -> str:
        """The same where each demand counts as often as it has units, `whole` being >= 0."""

    @abstractmethod
    def _about(self, probability: str) -> str:
        """Roughly the quantile."""

    def shortage(self, level: str) -> str:
        whole = f"INT({level})"
        sized = f"IF({whole}>0,{self._up_to_sized(f'{whole}-1')},0)"
        unmet = f"{self.mean}*(1-{sized})-{level}*(1-{self._up_to(whole)})"
        return f"IF({level}<0,{self.mean}-{level},MAX(0,{unmet}))"

    def met(self, level: str) -> str:
        return f"IF({level}<0,0,{self._up_to(f'INT({level})')})"

    def quantile(self, probability: str) -> str:
        first = f"MAX(0,INT({self._about(probability)})-{WINDOW // 2})"
        each = self._up_to(f"{first}+ROW($1:${WINDOW})-1")
        return f"({first}+SUMPRODUCT(--({each}<{probability}-1E-12)))"


class _Poisson(_Count):
    def _up_to(self, whole: str) -> str:
        return f"{NEW}POISSON.DIST({whole},{self.mean},TRUE)"

    def _up_to_sized(self, whole: str) -> str:
        return self._up_to(whole)

    def _about(self, probability: str) -> str:
        return f"{self.mean}+SQRT({self.mean})*{NEW}NORM.S.INV({probability})"


class _NegativeBinomial(_Count):
    """By the incomplete beta function, since its size need not be whole."""

    @property
    def _chance(self) -> str:
        return f"{self.mean}/{self.sd}^2"

    @property
    def _size(self) -> str:
        return f"{self.mean}^2/({self.sd}^2-{self.mean})"

    def _up_to(self, whole: str) -> str:
        return f"{NEW}BETA.DIST({self._chance},{self._size},{whole}+1,TRUE)"

    def _up_to_sized(self, whole: str) -> str:
        return f"{NEW}BETA.DIST({self._chance},{self._size}+1,{whole}+1,TRUE)"

    def _about(self, probability: str) -> str:
        shape, scale = f"({self.mean}/{self.sd})^2", f"{self.sd}^2/{self.mean}"
        return f"{NEW}GAMMA.INV({probability},{shape},{scale})"


class _Empirical(LawFormulas):
    def shortage(self, level: str) -> str:
        past = self.history
        return f"(SUMPRODUCT(({past}>{level})*({past}-{level}))/COUNT({past}))"

    def met(self, level: str) -> str:
        return f"(SUMPRODUCT(--({self.history}<={level}))/COUNT({self.history}))"

    def quantile(self, probability: str) -> str:
        past = self.history
        return f"SMALL({past},MAX(1,ROUNDUP({probability}*COUNT({past})-1E-9,0)))"


LAWS: dict[str, type[LawFormulas]] = {
    "normal": _Normal,
    "lognormal": _Lognormal,
    "gamma": _Gamma,
    "Poisson": _Poisson,
    "negative binomial": _NegativeBinomial,
    "empirical": _Empirical,
}


def _phi(z: str, is_cumulative: str) -> str:
    return f"{NEW}NORM.S.DIST({z},{is_cumulative})"

"""How much a chain of stores that order by a moving average exaggerates changes of demand."""

from __future__ import annotations

from math import comb

from policies.mistakes import number_mistakes, refuse


def shared_amplification(stages: int, protection_periods: float, window_periods: int) -> float:
    r"""Variance of the last stage's orders over that of demand, if all see the true demand.

    .. math:: 1 + 2A + 2A^2,\qquad A = kL/p

    for :math:`k` stages that order up to the moving average of :math:`p` periods times
    :math:`L`, with demands of different periods independent and of one law, no safety stock, and
    orders that are not cut off at 0.

    Parameters
    ----------
    stages : int
        :math:`k`, >= 1; the first serves the customers.
    protection_periods : float
        :math:`L`, lead time and review of each stage, >= 0.
    window_periods : int
        :math:`p`, >= 1.

    References
    ----------
    Chen, Drezner, Ryan and Simchi-Levi, Quantifying the bullwhip effect in a simple supply chain,
    Management Science 46(3) (2000), 436-443, where it is the lower bound for a chain that shares
    its demand and keeps safety stock, too.
    """
    _check(stages, protection_periods, window_periods)
    reaction = stages * protection_periods / window_periods
    return 1 + 2 * reaction + 2 * reaction**2


def unshared_amplification(stages: int, protection_periods: float, window_periods: int) -> float:
    r"""The same if each stage sees only the orders of the one before it.

    .. math:: \sum_{j=0}^k \left[\binom kj (1 + \alpha)^{k-j} \alpha^j\right]^2,
              \qquad \alpha = L/p

    Every stage answers to a change with :math:`1 + \alpha` times it, and takes :math:`\alpha`
    times it back :math:`p` periods later, when the change leaves its average; :math:`k` stages do
    this one after the other. The bound of Chen et al. for such chains,
    :math:`(1 + 2\alpha + 2\alpha^2)^k`, lies below it from the second stage on.

    Parameters
    ----------
    stages, protection_periods, window_periods
        As in `shared_amplification`.
    """
    _check(stages, protection_periods, window_periods)
    reaction = protection_periods / window_periods
    responses = (
        comb(stages, j) * (1 + reaction) ** (stages - j) * reaction**j for j in range(stages + 1)
    )
    return sum(response**2 for response in responses)


def _check(stages: int, protection_periods: float, window_periods: int) -> None:
    whole = "a whole number >= 1"
    refuse(
        [
            *number_mistakes("stages", stages, lambda k: k >= 1 and k % 1 == 0, whole),
            *number_mistakes("protection_periods", protection_periods, lambda t: t >= 0, ">= 0"),
            *number_mistakes(
                "window_periods", window_periods, lambda p: p >= 1 and p % 1 == 0, whole
            ),
        ]
    )

"""A genetic search for placements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from policies.hypercube.placement.problem import (
    Array,
    Placement,
    PlacementProblem,
    Sites,
    placement_of,
)
from policies.hypercube.system_mistakes import count_mistakes
from policies.mistakes import number_mistakes, refuse


@dataclass(frozen=True)
class GeneticParameters:
    """How the search goes; the defaults are those of Blank's paper.

    Attributes
    ----------
    population : int
        Individuals that live on from one generation to the next, >= 2.
    crossover, mutation : float
        Probability of a pair to be crossed, and of each gene of an offspring to be changed.
    patience : int
        Generations without a gain after which the search stops, >= 1.
    """

    population: int = 50
    crossover: float = 0.8
    mutation: float = 0.1
    patience: int = 10

    def __post_init__(self) -> None:
        refuse(
            [
                *count_mistakes("population", self.population, 2),
                *number_mistakes("crossover", self.crossover, _is_share, "from 0 to 1"),
                *number_mistakes("mutation", self.mutation, _is_share, "from 0 to 1"),
                *count_mistakes("patience", self.patience, 1),
            ]
        )


def genetic(
    problem: PlacementProblem,
    rng: np.random.Generator,
    parameters: GeneticParameters | None = None,
) -> Placement:
    """Search by selection, one-point crossover and mutation.

    An individual has a gene for each server, its site. Parents are drawn in pairs with a
    probability proportional to the inverse of their cost; a pair has two offspring, which are
    crossed at a random gene or are copies. The best of parents and offspring together make the
    next generation. The paper does not say how parents are weighted, nor what becomes of a site
    that an offspring has twice: here it is drawn anew from those that it does not have, unless
    sites may be shared.

    Parameters
    ----------
    problem : PlacementProblem
    rng : numpy.random.Generator
    parameters : GeneticParameters, optional

    References
    ----------
    Blank, A spatial queuing model for the location decision of emergency medical vehicles for
    pandemic outbreaks, Journal of Humanitarian Logistics and Supply Chain Management, 2021,
    section 3.4.
    """
    own = parameters or GeneticParameters()
    people = _first_generation(problem, own.population, rng)
    costs = problem.costs(people)
    best, waited, tried = costs.min(), 0, len(people)
    while waited < own.patience:
        offspring = _offspring(problem, people, costs, own, rng)
        pool = np.concatenate([people, offspring])
        pool_costs = np.concatenate([costs, problem.costs(offspring)])
        tried += len(offspring)
        survivors = np.argsort(pool_costs, kind="stable")[: own.population]
        people, costs = pool[survivors], pool_costs[survivors]
        waited = 0 if costs[0] < best else waited + 1
        best = costs[0]
    return placement_of(problem, people[0], best, "genetic", tried)


def _first_generation(problem: PlacementProblem, size: int, rng: np.random.Generator) -> Sites:
    people = rng.integers(problem.candidates, size=(size, problem.servers))
    return people if problem.may_share else _without_doubles(problem, people, rng)


def _offspring(
    problem: PlacementProblem,
    people: Sites,
    costs: Array,
    own: GeneticParameters,
    rng: np.random.Generator,
) -> Sites:
    """Two of each pair, crossed and mutated."""
    # A cost of 0 cannot be improved on; its inverse is only kept finite.
    fitness = 1 / np.maximum(costs, np.finfo(float).tiny ** 0.5)
    pairs = rng.choice(len(people), size=(len(people) // 2, 2), p=fitness / fitness.sum())
    first, second = people[pairs[:, 0]], people[pairs[:, 1]]
    is_crossed = rng.random(len(pairs)) < own.crossover
    point = rng.integers(1, max(problem.servers, 2), size=len(pairs))
    is_swapped = is_crossed[:, None] & (np.arange(problem.servers) >= point[:, None])
    young = np.concatenate(
        [np.where(is_swapped, second, first), np.where(is_swapped, first, second)]
    )
    is_mutated = rng.random(young.shape) < own.mutation
    young = np.where(is_mutated, rng.integers(problem.candidates, size=young.shape), young)
    return young if problem.may_share else _without_doubles(problem, young, rng)


def _without_doubles(problem: PlacementProblem, people: Sites, rng: np.random.Generator) -> Sites:
    """Individuals whose genes differ: the later one of two alike is drawn anew."""
    for one in people:
        kept = np.unique(one, return_index=True)[1]
        doubles = np.setdiff1d(np.arange(len(one)), kept)
        if len(doubles):
            unused = np.setdiff1d(np.arange(problem.candidates), one)
            one[doubles] = rng.choice(unused, size=len(doubles), replace=False)
    return people


def _is_share(value: float) -> bool:
    return 0 <= value <= 1

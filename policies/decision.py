"""What a decision is: one object, from which all that deals with decisions reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

import numpy as np

from policies.small_city import Situation, SmallCity

Answer = TypeVar("Answer")
"""What a checked answer to a decision is, such as the numbers of the ambulances sent."""

System = Literal["service", "supply"]


@dataclass(frozen=True, eq=False)
class Decision(Generic[Answer]):
    """One kind of decision that policies take.

    Attributes
    ----------
    name : str
        Its key under ``[policies]`` in a scenario.
    description : str
        What is decided, as the reference of keys tells it.
    method : str
        The method that a policy must have.
    asked_with : tuple of str
        What the method is called with: ``("call", "view")``, or ``("view",)``.
    view : type
        What a policy looks at. The arrays of a view that is a named tuple are shown read-only.
    taken_by : {"service", "supply"}
        Whose agents ask: those of the ambulance service, or those of the supply chain.
    built_in : mapping of str to str
        ``module:Class`` of each built-in policy by its name.
    default : str
        The built-in policy that decides where a scenario names none.
    checked : callable
        Given the policy's name, its answer and what it was asked with, returns the answer in plain
        values, or raises a `PolicyError` that says why it cannot be carried out.
    situations : callable
        Draws a number of situations in a small city, to try a policy in.
    per_planner : bool
        Whether each planner has a policy of its own, where districts plan for themselves.
    is_taken_once : bool
        Whether it is taken before the run, and never again. Such a policy may take its time.
    require_solvable : callable, optional
        Given the view, raises an `InfeasibleError` where no answer can be right.
    traits : mapping of str to bool
        What a policy may say of itself by attributes of these names, which its Protocol describes,
        and what holds for those that do not say it.
    annotations : tuple of str
        Words in the method's annotations that tell it from another decision's of the same name.
    hard_situation : callable, optional
        Draws a situation that no run brings; to fail there is worth a warning.
    idle_warning : str
        What a policy did whose answers in ``{count}`` situations were all empty; empty where that
        is in order.
    """

    name: str
    description: str
    method: str
    asked_with: tuple[str, ...]
    view: type
    taken_by: System
    built_in: Mapping[str, str]
    default: str
    checked: Callable[..., Answer]
    situations: Callable[[SmallCity, np.random.Generator, int], Iterator[Situation]]
    per_planner: bool = False
    is_taken_once: bool = False
    require_solvable: Callable[[Any], object] | None = None
    traits: Mapping[str, bool] = field(default_factory=dict)
    annotations: tuple[str, ...] = ()
    hard_situation: Callable[[SmallCity, np.random.Generator], Situation] | None = None
    idle_warning: str = ""
    shows_arrays: bool = field(init=False)

    def __post_init__(self) -> None:
        """Note once whether views hold arrays, which the gate would have to look up each time."""
        object.__setattr__(self, "shows_arrays", issubclass(self.view, tuple))

    @property
    def question(self) -> str:
        """How a policy is asked, such as ``"place(view)"``."""
        return f"{self.method}({', '.join(self.asked_with)})"

    def trait(self, policy: object, name: str) -> bool:
        """What a policy says of itself by an attribute, or what holds if it does not say it."""
        return bool(getattr(policy, name, self.traits[name]))

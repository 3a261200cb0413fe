"""What the agents of the supply side tell each other, and the post that brings it.

The five stages are those of Zhao, Zhang and Pang (2024): supply, centralisation, procurement,
transport, distribution. Who writes what to whom is our reconstruction; the paper's figure is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
import simpy
from numpy.typing import NDArray

Units = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Message:
    """Anything that is said; a message log names its class.

    Attributes
    ----------
    units : (i,) int64
        Of each item, what it is about.
    """

    stage: ClassVar[str] = ""

    units: Units


@dataclass(frozen=True, eq=False)
class Need(Message):
    """A distributor asks the government for supplies.

    Attributes
    ----------
    distributor : int
    severity : float
        Ill inhabitants among 1,000, as far as it knows when it writes.
    urgency : (i,) float64
        Days of its need that wait for each item.
    """

    stage = "distribution"

    distributor: int
    severity: float
    urgency: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Release(Message):
    """The government has a store send supplies to distributors.

    Attributes
    ----------
    units : (d, i) int64
        Of each item to each distributor.
    """

    stage = "centralisation"


@dataclass(frozen=True, eq=False)
class Procurement(Message):
    """The government orders from a supplier, for a store."""

    stage = "procurement"

    store: int
    order: int


@dataclass(frozen=True, eq=False)
class Shipment(Message):
    """A store or supplier hands goods to its transporter."""

    stage = "transport"

    destination: int


@dataclass(frozen=True, eq=False)
class Delivery(Message):
    """A transporter brings goods to a store or distributor."""

    stage = "transport"

    origin: int


@dataclass(frozen=True, eq=False)
class Receipt(Message):
    """A store or distributor tells the government what has come in."""

    stage = "distribution"

    site: int


@dataclass(frozen=True, eq=False)
class ReserveRequest(Message):
    """An office asks the government to release a store's reserve."""

    stage = "supply"

    store: int


@dataclass(frozen=True, eq=False)
class HelpRequest(Message):
    """An office asks another one to serve what it cannot."""

    stage = "centralisation"

    office: int


@dataclass(frozen=True, eq=False)
class Report(Message):
    """A distributor tells everybody its true needs of the day."""

    stage = "supply"

    distributor: int


class Reader(Protocol):
    """Who can be written to."""

    @property
    def name(self) -> str:
        """As the message log has it."""

    def read(self, message: Any) -> None:
        """Act on a message."""


class MessageLog(Protocol):
    """Where every message is written down."""

    def message_sent(
        self, sent_s: float, read_s: float, sender: str, receiver: str, message: Message
    ) -> None:
        """Note a message."""


class Post:
    """Brings messages, each after a delay.

    Parameters
    ----------
    env : simpy.Environment
    log : MessageLog
    delay_s : float
        Of a message between two places.
    """

    def __init__(self, env: simpy.Environment, log: MessageLog, delay_s: float) -> None:
        self._env = env
        self._log = log
        self.delay_s = delay_s

    def send(
        self, message: Message, sender: str, receiver: Reader, delay_s: float | None = None
    ) -> None:
        """Send a message to be acted on; it takes the usual delay unless another is given."""
        brought = self._bring(message, sender, receiver.name, delay_s)
        brought.callbacks.append(lambda _: receiver.read(message))

    def inform(
        self, message: Message, sender: str, receiver: str, delay_s: float | None = None
    ) -> None:
        """Send what nobody acts on when it comes, such as a receipt: it is in the log alone."""
        self._bring(message, sender, receiver, delay_s)

    def _bring(
        self, message: Message, sender: str, receiver: str, delay_s: float | None
    ) -> simpy.Timeout:
        wait_s = self.delay_s if delay_s is None else delay_s
        now_s = self._env.now
        self._log.message_sent(now_s, now_s + wait_s, sender, receiver, message)
        return simpy.Timeout(self._env, wait_s)

    def note(self, message: Message, sender: str, receiver: str) -> None:
        """Write down what is said face to face, such as at a dock."""
        self._log.message_sent(self._env.now, self._env.now, sender, receiver, message)

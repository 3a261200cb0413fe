"""Which lights make way for a siren: the decision, built-in policies, situations to try one.

It looks at a `SignalView` alone; built-in policies are found by their names in `SIGNALS`.
"""

from policies.base import SignalPolicy, SignalView
from policies.signals.decision import SIGNALS

__all__ = ["SIGNALS", "SignalPolicy", "SignalView"]

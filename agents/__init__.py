"""Who acts: every agent is a Mesa agent whose life runs on SimPy's clock.

Agents know policies and the environment; they decide nothing themselves but ask. As they know one
another, each is imported from its own module: rooms that exported them would import in circles.
"""

from agents.activity import Activity

__all__ = ["Activity"]

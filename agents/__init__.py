"""Who acts: every agent is a Mesa agent whose life runs on SimPy's clock.

Agents know policies and the environment; they decide nothing themselves but ask.
"""

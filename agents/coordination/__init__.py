"""The four mechanisms of coordination, each with one class for off and one for on.

Chosen when a run is built, so that no agent looks at a switch. It exports nothing, for the reason
given in `agents`.
"""

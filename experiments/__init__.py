"""Many runs: batches, comparisons, attributions, location studies and what statistics they need.

Knows one run as a function; draws and prints nothing.
"""

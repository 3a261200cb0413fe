"""What a run leaves behind: recorders, tidy tables, the result and its files.

A result is frozen; it is written whole or not at all.
"""

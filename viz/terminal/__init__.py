"""Tables and notes in the terminal, with Rich.

It exports no names: a command loads the module that prints its answer, and no other.
"""

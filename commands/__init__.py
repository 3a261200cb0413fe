"""The command line, a module for each command: its options, what it calls and what it prints.

A command imports what it needs inside its function, so that help comes at once. It may know
everything; nobody knows it but run.py, which names the commands in the order of the help.
"""

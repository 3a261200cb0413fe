"""One folder a paper: its case, tables and claims beside ours, pictures and report.

Builds on everything but the command line.
"""

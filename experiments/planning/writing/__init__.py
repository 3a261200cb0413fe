"""Templates and plans as workbooks with live formulas, and as CSV files.

It draws nothing: pictures are handed in.
"""

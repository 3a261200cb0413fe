"""A workbook or a folder of CSV files, read into a `PlanningInput`: every mistake at once.

What is no workbook, locked, encrypted or a trap is told in a line.
"""

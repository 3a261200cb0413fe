"""What may stand in a workbook: its sheets and columns, cells, and text that is no formula.

It knows no files; `reading` and `writing` are beside it.
"""

"""From a workbook to a tested plan: what each centre orders, and who brings it when.

It knows spreadsheets, ordering and routing policies and the maps of cities, and draws nothing.
"""

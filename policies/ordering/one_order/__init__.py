"""Orders that are sent once: items with their costs, alone or within limits that they share.

It knows laws of demand, and nothing of stores, views or days.
"""

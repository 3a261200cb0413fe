"""What the program says beside what theory, published answers and slower methods say.

Tests take their cases from here; these modules print the same comparisons at length.
"""

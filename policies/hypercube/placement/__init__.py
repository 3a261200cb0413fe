"""Where to place servers so that the hypercube predicts the best service.

The problem, its objective, and three ways to search it.
"""

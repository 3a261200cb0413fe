"""Pictures of studies: designs, scenario discovery, sensitivity, and searches for the best.

They know the results of `experiments` and nothing of runs.
"""

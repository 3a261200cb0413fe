"""What runs, routing, the hypercube and location take: time and memory.

A figure stands beside one of another program, or of the least that can be done, in the same run.
"""

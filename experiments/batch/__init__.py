"""Batches of replications: the engine, its folder, its executors and how a task travels.

Every finished run is on disk whole; a batch that was killed can be resumed.
"""

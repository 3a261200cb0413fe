"""Readers of a trace: they turn its rows into legs, call and site marks, and stock.

A run under way and a saved one are read alike.
"""

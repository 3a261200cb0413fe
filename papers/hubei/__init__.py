"""Hubei: an epidemic's prefectures, their clusters and their deliveries, checked where they can be.

Knows the experiments and everything below; nothing but the command line knows it.
"""

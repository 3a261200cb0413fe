"""Covering and median models: LSCP, MCLP, p-median, p-centre, MEXCLP, double standard, backup.

Each solves a table of travel times, and can be chosen as a location policy.
"""

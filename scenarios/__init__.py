"""The question: scenario, loader, overrides and arms, with the shipped cases.

Plain data; nothing here runs.
"""

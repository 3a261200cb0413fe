"""Measures of a run: what each is called, how it is computed from tables, and how it is shown."""

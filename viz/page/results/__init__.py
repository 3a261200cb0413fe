"""The Results tab: saved results, their charts, and their replay."""

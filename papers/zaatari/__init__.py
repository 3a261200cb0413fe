"""The hypercube study of the Za'atari camp: its ambulances and outbreaks, run again."""

"""A run in motion, under way or saved, as frames that a browser map plays."""

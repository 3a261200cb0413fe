"""What the live view costs: the run that is watched, the map in a browser, the open page."""

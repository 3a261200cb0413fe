"""Scott and Rutner: newsvendor orders, then a salesman's tour, run again and tried in a run."""

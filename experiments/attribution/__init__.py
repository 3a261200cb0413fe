"""Which mechanism brings how much: factorial designs, Shapley values, and sweeps of prices."""

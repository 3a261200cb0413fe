"""The Planning tab: where to station ambulances, tried on simulated days."""

"""Where stations should stand in a case: candidates, plans, and their trial on simulated days."""

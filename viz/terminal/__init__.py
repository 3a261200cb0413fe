"""Tables and notes in the terminal, with Rich."""

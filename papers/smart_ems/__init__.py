"""The smart EMS study: robust location with lights that make way, run again."""

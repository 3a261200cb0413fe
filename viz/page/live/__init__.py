"""The Live tab: map, controls, figures, charts and story of a run under way."""

"""Charts of a result or a comparison, as PNG and SVG, with Matplotlib."""

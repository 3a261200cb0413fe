"""Charts of a result or a comparison, as PNG and SVG.

It exports no names: Matplotlib is loaded by whoever imports a module of it, and by nobody else.
"""

"""Maps of a city with what happened in it, as pictures and GeoJSON.

It exports no names: the pictures load Matplotlib, GeoJSON and the live map's streets do not.
"""

"""Maps of a city with what happened in it, as pictures and GeoJSON."""

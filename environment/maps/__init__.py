"""Where a map comes from: OpenStreetMap files, places by name, GraphML, tables, made-up cities.

Each source reads its files into roads, zones and sites. The only room that knows OSMnx and osmium.
"""

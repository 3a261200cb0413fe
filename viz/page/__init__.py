"""The web page, in Solara: server, visitors, look, and what its three tabs share."""

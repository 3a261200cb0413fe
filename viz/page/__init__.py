"""The web page, in Solara: server, visitors, look, and what its three tabs share.

It exports no names: Solara is loaded by whoever imports a module of it, and by nobody else.
"""

"""One page of HTML that tells a comparison or a reproduction, to read, print or send.

It exports no names: its pictures load Matplotlib, and a command asks for a report at its end.
"""

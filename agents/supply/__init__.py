"""The supply side: government, suppliers, stores, transporters, trucks and distributors.

They know each other through a supply context and typed messages. It exports nothing, for the
reason given in `agents`.
"""

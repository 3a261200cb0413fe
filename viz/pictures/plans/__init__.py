"""Pictures of plans that are made before anything is simulated: demand, orders.

They are Matplotlib figures of what `policies` gives; whoever asks saves or shows them.
"""

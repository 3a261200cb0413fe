"""Pictures of a plan of deliveries: its map, and the day of every vehicle.

They know plans and the look of all pictures, and nothing of how a plan is made.
"""

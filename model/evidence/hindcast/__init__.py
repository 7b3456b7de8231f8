"""How well the model and its baselines say what a record holds: of one tie, and of many from rolling origins."""

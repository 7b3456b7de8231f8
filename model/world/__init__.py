"""A scenario as numbers: arrays in one fixed order, noise, derived numbers, and the record of a run."""

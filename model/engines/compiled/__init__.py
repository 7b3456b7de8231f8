"""The phases of a month for many runs at once: arrays end in a lane axis, one run a lane."""

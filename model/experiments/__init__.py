"""Running and keeping: what a run leaves on disk."""

"""Parameters learned from records: of one tie and of many, how far to trust them, and what rivals make of the same."""

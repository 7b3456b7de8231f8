"""Who acts: how a state perceives, weighs and turns, and what an outside power offers."""

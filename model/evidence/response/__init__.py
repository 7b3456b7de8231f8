"""What a threat shock does to a tie, in the record and in the model, by one estimand."""

"""What is made of studies: sensitivity, paired comparisons, thresholds, scenario discovery, factorials."""

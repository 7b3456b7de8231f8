"""What could refute the model: claims, rivals, records, scores, calibration."""

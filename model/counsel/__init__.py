"""What an analyst hands on: a brief, a decision, a forecast that is fixed before the event."""

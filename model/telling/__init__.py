"""What is told of a run: tables, events, causes, codebook and figures."""

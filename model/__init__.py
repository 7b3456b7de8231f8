"""The world that states act in: treaties, institutions, runs."""

"""Typed data: what a scenario may say, how it is read, and what is wrong with it."""

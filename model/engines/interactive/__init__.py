"""The interactive engine: a Mesa model whose agents can be watched, steered and subclassed."""

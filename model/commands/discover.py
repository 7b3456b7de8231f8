"""`entente discover`."""
def discover() -> None:
    """x"""

"""`python -m entente`: the same as `entente`."""

from .cli import main

if __name__ == "__main__":
    main()

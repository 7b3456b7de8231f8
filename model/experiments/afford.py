"""What work would take, told before it is begun: rows in memory against what this machine has."""

from __future__ import annotations

import os
from pathlib import Path

from entente.errors import InputError

CELL_BYTES, COPIES = 8, 4
"""Bytes of a number, and how often tables are copied on their way."""
UNKNOWN_MEMORY = 8 * 10**9
"""Bytes that a machine is thought to have where it does not say."""
LIMIT = Path("/sys/fs/cgroup/memory.max")
"""Where Linux says what a container may take."""


INSTEAD = "ask for fewer, or make it a study, which is written as it is run (entente batch)"


def afford(rows: int, columns: int, what: str, instead: str = INSTEAD) -> None:
    """Raise `InputError` where a table of so many rows and columns of numbers would not fit into memory.

    `instead` is the way out that the sentence names.
    """
    need, have = rows * max(columns, 1) * CELL_BYTES * COPIES, memory()
    if need > have:
        raise InputError(
            f"{what}: {rows:,} rows of {columns} numbers would take about {need / 1e9:,.0f} GB of memory, and there are "
            f"{have / 1e9:,.0f}; {instead}"
        )


def memory() -> int:
    """Bytes of memory that this process may use."""
    try:
        physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        physical = UNKNOWN_MEMORY
    try:
        return min(physical, int(LIMIT.read_text()))
    except (OSError, ValueError):
        # No container, or one without a limit.
        return physical

"""How long a run takes in the interactive engine; advisory, no limits."""

from __future__ import annotations

import pytest

from model import run


@pytest.mark.parametrize("scenario", ["memo-2001", "record-1992"])
def test_engine(benchmark, scenario):
    benchmark.pedantic(run, args=(scenario,), kwargs={"seed": 0}, rounds=5, warmup_rounds=1)

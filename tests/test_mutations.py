"""The order of a month's phases matters in both engines: two neighbours swapped in either, and parity fails.

One pair may be swapped. `consult` changes perceptions and reads depth, memberships and articles; `act` changes
packages, offers and what is accepted of them, and reads depth, memberships and articles too. Neither reads what
the other changes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from entente import run
from entente.engines.compiled.ensemble import trajectory
from entente.engines.interactive import alliance
from entente.engines.interactive.alliance import PHASES

from .sources import ROOT
from .worlds import busy_world

SEEDS, MONTHS = (1, 4), 60
PAIRS = list(zip(PHASES, PHASES[1:], strict=False))
WITHOUT_EFFECT = ("consult", "act")


@pytest.fixture(scope="module")
def worlds():
    """Busy worlds, and their record by the compiled engine."""
    found = [(busy_world(np.random.default_rng(seed), MONTHS), seed) for seed in SEEDS]
    return [(world, seed, trajectory(run(world, seed).world, seed)) for world, seed in found]


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_neighbours_swapped_in_the_interactive_engine_break_parity(pair, worlds, monkeypatch):
    swapped = list(PHASES)
    at = PHASES.index(pair[0])
    swapped[at : at + 2] = reversed(pair)
    monkeypatch.setattr(alliance, "PHASES", tuple(swapped))

    def same(world, seed, ours) -> bool:
        try:
            theirs = run(world, seed).trajectory
        except KeyError:
            return False  # what the phase before should have made is not there
        return all((ours[name] == theirs[name]).all() for name in ours.arrays)

    assert all(same(*world) for world in worlds) == (pair == WITHOUT_EFFECT)


MUTANTS = """
import ast, inspect, json, sys
import numpy as np
from entente import run
from entente.engines.compiled.ensemble import trajectory
from entente.engines.compiled import month
from tests.worlds import busy_world

worlds = [run(busy_world(np.random.default_rng(seed), int(sys.argv[1])), seed) for seed in map(int, sys.argv[2:])]

def parity():
    for done in worlds:
        ours = trajectory(done.world, done.seed)
        if not all((ours[name] == done.trajectory[name]).all() for name in ours.arrays):
            return False
    return True

source = ast.parse(inspect.getsource(month._run))
source.body[0].decorator_list = []
phases = next(part for part in source.body[0].body if isinstance(part, ast.For)).body
found = [parity()]
for at in range(len(phases) - 1):
    phases[at : at + 2] = reversed(phases[at : at + 2])
    exec(compile(source, "mutant", "exec"), vars(month))
    found.append(parity())
    phases[at : at + 2] = reversed(phases[at : at + 2])
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def mutants():
    """Whether parity holds unswapped, and with each pair swapped in the compiled month, which here runs as Python."""
    done = subprocess.run(
        [sys.executable, "-c", MUTANTS, str(MONTHS), *map(str, SEEDS)],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_unswapped_the_compiled_month_keeps_parity(mutants):
    assert mutants[0]
    assert len(mutants) == len(PAIRS) + 1


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_neighbours_swapped_in_the_compiled_month_break_parity(pair, mutants):
    assert mutants[1 + PAIRS.index(pair)] == (pair == WITHOUT_EFFECT)

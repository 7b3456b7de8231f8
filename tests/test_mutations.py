"""What is done wrong is caught: phases of a month in another order, and equations that say something else.

The order of a month's phases matters in both engines: two neighbours swapped in either, and parity fails. One pair
may be swapped. `consult` changes perceptions and reads depth, memberships and articles; `act` changes
packages, offers and what is accepted of them, and reads depth, memberships and articles too. Neither reads what
the other changes.

Both engines have their equations from one place, so that parity would not catch a wrong one. Those of the reasons for
depth and of the ladder are said here a second time, in other words; each operator, number and comparison of theirs
is changed in turn, and the second saying must tell.
"""

from __future__ import annotations

import ast
import copy
import inspect
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from entente import run
from entente.agents.equation import EQUATIONS
from entente.engines.compiled.ensemble import trajectory
from entente.engines.interactive import alliance
from entente.engines.interactive.alliance import PHASES

from .sources import ROOT
from .test_equations import arguments
from .worlds import busy_world

# Worlds in which the order of all phases matters: in the third what the calendar does meets a shock of the same month.
SEEDS, MONTHS = (1, 4, 11), 60
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
from entente.agents.equation import EQUATIONS
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


# -- equations ------------------------------------------------------------------------------------


def clipped(value: float, low: float, high: float) -> float:
    return low if value < low else high if value > high else value


def root_of_lines(
    slope: float,
    common: float,
    saved: float,
    free: float,
    fading_free: float,
    inverse: float,
    fading_inverse: float,
) -> float:
    """The four roots sorted: up to the organs in place and beyond them the greater, of both the lesser."""
    within = sorted([slope * free, slope * fading_free + common * fading_free])[-1]
    beyond = sorted([(slope + saved) * inverse, (slope + common + saved) * fading_inverse])[-1]
    return sorted([within, beyond])[0]


def utility_of_the_bend(whole: float, per_need: float, saving: float, organs: float, depth: float) -> float:
    """The areas under both parts of marginal utility: a triangle cut off, and a triangle with a rectangle behind it."""
    left = max(0.0, 1 - depth * per_need)
    return whole / 2 * (1 - left**2) + (
        saving * depth**2 / 2 if depth < organs else saving * organs**2 / 2 + saving * organs * (depth - organs)
    )


AGAIN: dict[str, Callable[..., float]] = {
    "exchange_benefit": lambda exchange_value, exchange: math.prod((exchange_value, exchange)),
    "reassurance_benefit": lambda reassure, mistrust, confidence: math.prod((reassure, mistrust, confidence)),
    "sunk_costs": lambda sunk, autonomy: math.prod((sunk, autonomy)),
    "kept_saving": lambda saving, curvature_: clipped(saving, 0, 0.5 * curvature_),
    "common_value": lambda common: common if common > 0 else 0.0,
    "bent_root": root_of_lines,
    "fall": lambda curve, fading, saving: math.fsum((curve, -saving, fading)),
    "inverse_of_both": lambda fall, other: (other * fall) ** -1.0,
    "bent_utility": utility_of_the_bend,
    "next_deviation": lambda deviation, political_memory, politics, political_news: (
        political_memory * deviation
        + math.sin(math.acos(political_memory)) * politics * political_news
    ),
    "political_demand": lambda deviation: deviation,
    "demanded": lambda agreed, beside: clipped(sum((agreed, beside)), 0, 1),
    "shortfall": lambda demand, rung, steps: steps * (demand - (2 * rung + 1) / (2 * steps)),
    "surplus": lambda demand, rung, steps: steps * ((2 * rung - 1) / (2 * steps) - demand),
    "rise_pressure": lambda pressure, shortfall_, pace: clipped(
        sum((pressure, shortfall_, pace * shortfall_ if shortfall_ > 0 else 0.0)), 0, math.inf
    ),
    "fall_pressure": lambda pressure, surplus_: clipped(sum((pressure, surplus_)), 0, math.inf),
    # The half that is as near to both rungs goes up.
    "raised_rung": lambda demand, steps, highest: min(
        min(range(-1, 9), key=lambda rung: (abs(steps * demand - rung), -rung)), highest
    ),
    "whole_rung": lambda rung, steps: clipped(int(rung), 0, steps - 1),
    "opening_depth": lambda rung, steps: rung * steps**-1,
    "calm": lambda rift, fear: clipped(1 - math.prod((rift, fear)), 0, math.inf),
    "breach": lambda rift_shock: rift_shock,
    "bad_company": lambda resent, fear: math.prod((-1, resent, fear)),
    "next_mistrust": lambda mistrust, added: clipped(sum((mistrust, added)), 0, 1),
    "nobody_wants_it": lambda rung, agreed_depth: float(not (rung > 1 or agreed_depth > 0)),
    "wants_out": lambda value, outside, offer, exit_cost, breaking: (
        0.0 if value >= outside * offer - exit_cost - breaking else 1.0
    ),
    "practice_left": lambda backtrack, depth, term_left: math.prod((backtrack, depth, term_left)),
    "worth": lambda utility_, received, paid, beside: sum((utility_, received, -paid, beside)),
}  # fmt: skip
"""Equations by name, said again."""

ALIKE = {
    # A shortfall of 0 adds nothing, whatever it is multiplied by.
    ("rise_pressure", "shortfall_ >= 0.0"),
}
"""What says the same in other words."""

OTHER_OPERATOR = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr}
OTHER_COMPARISON = {ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.Lt),
                    ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,)}  # fmt: skip
OTHER_FUNCTION = {"min": "max", "max": "min", "floor": "ceil", "sqrt": "float"}


def mutations(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of one part of an equation."""
    if isinstance(node, ast.BinOp):
        yield ast.BinOp(node.left, OTHER_OPERATOR[type(node.op)](), node.right)
    elif isinstance(node, ast.Compare):
        for other in OTHER_COMPARISON[type(node.ops[0])]:
            yield ast.Compare(node.left, [other()], node.comparators)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id in OTHER_FUNCTION:
            yield ast.Call(ast.Name(OTHER_FUNCTION[node.func.id], ast.Load()), node.args, [])
        elif node.func.id == "where":
            yield ast.Call(node.func, [node.args[0], node.args[2], node.args[1]], [])
    elif isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield ast.Constant(node.value + 1.0)


def equation_mutants(name: str) -> Iterator[tuple[str, Callable[..., float]]]:
    """Every function that differs from an equation in one operator, number, comparison or choice; and what it says there."""
    function = EQUATIONS[name]
    whole = ast.parse(inspect.getsource(function)).body[0]
    assert isinstance(whole, ast.FunctionDef)
    whole.decorator_list, whole.returns = [], None
    for number, found in enumerate(ast.walk(whole)):
        for other in mutations(found):
            tree = copy.deepcopy(whole)
            place = next(node for at, node in enumerate(ast.walk(tree)) if at == number)
            for parent in ast.walk(tree):
                for field, value in ast.iter_fields(parent):
                    if value is place:
                        setattr(parent, field, other)
                    elif isinstance(value, list) and any(item is place for item in value):
                        setattr(parent, field, [other if item is place else item for item in value])
            space = vars(inspect.getmodule(function)) | {"ceil": math.ceil}
            module = ast.fix_missing_locations(ast.Module([tree], []))
            exec(compile(module, name, "exec"), space)
            yield ast.unparse(other), space[name]


def informative_points(name: str, count: int = 1500) -> list[dict[str, float]]:
    """Points of which many lie at the ends of what an argument may be, at round numbers, or where two arguments are alike."""
    rng = np.random.default_rng(11)
    limits, found = arguments(name), []
    for _ in range(count):
        point: dict[str, float] = {}
        for argument, (low, high) in limits.items():
            usual = float(rng.uniform(low, high))
            choices = [
                usual,
                usual,
                low,
                high,
                clipped(float(round(usual)), low, high),
                *(v for v in point.values() if low <= v <= high),
            ]
            point[argument] = choices[int(rng.integers(len(choices)))]
        if name == "raised_rung" and rng.integers(2):
            point["demand"] = (2 * int(rng.integers(7)) + 1) / (2 * point["steps"])
        if name == "wants_out" and rng.integers(2):
            point["value"] = point["outside"] * point["offer"] - point["exit_cost"] - point["breaking"]
        found.append(point)
    return found


def says_the_same(name: str, function: Callable[..., float]) -> bool:
    for point in informative_points(name):
        try:
            value = float(function(**point))
        except (ArithmeticError, ValueError):
            return False
        if not abs(value - AGAIN[name](**point)) <= 1e-9 * max(1.0, abs(value)):
            return False
    return True


@pytest.mark.parametrize("name", AGAIN)
def test_an_equation_says_what_it_says_in_other_words_and_no_mutant_of_it_does(name):
    assert says_the_same(name, EQUATIONS[name])
    alike = {words for words, mutant in equation_mutants(name) if says_the_same(name, mutant)}
    assert alike == {words for equation, words in ALIKE if equation == name}


def test_most_equations_said_again_have_mutants():
    """What only passes a number on has none."""
    without = {name for name in AGAIN if not list(equation_mutants(name))}
    assert without == {"political_demand", "breach"}

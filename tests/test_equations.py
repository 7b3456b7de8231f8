"""The contract that every equation inherits, and theory where theory says something."""

from __future__ import annotations

import ast
import inspect
import math
from functools import cache

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import entente.month.bargain
import entente.month.ladder  # noqa: F401  (registers its equations)
from entente.agents import perception
from entente.agents.equation import EQUATIONS
from entente.agents.interest import utility
from entente.agents.state import ideal_depth
from entente.world.draws import stream

# What an argument may be, by its name; any other lies in 0..1.
RANGES: dict[str, tuple[float, float]] = {
    **dict.fromkeys(
        ("intensity", "base", "event", "rumour", "perceived", "target", "partners_mean", "greatest",
         "partner_threat", "own_threat", "trigger", "accepted_offer", "offer", "package", "sponsored"), (0, 2)),
    **dict.fromkeys(("shock", "noise"), (-2, 2)),
    **dict.fromkeys(("own", "alignment_target"), (-1, 1)),
    **dict.fromkeys(("curvature_", "inverse_curvature"), (0.05, 20)),
    **dict.fromkeys(("independence",), (0.05, 10)),
    **dict.fromkeys(("autonomy",), (0.05, 10)),
    **dict.fromkeys(("partners_capability", "own_capability", "party_capability", "sponsor_capability",
                     "outside_capability", "capability"), (1e-5, 1)),
    **dict.fromkeys(("x0", "core_floor"), (0.01, 1)),
    **dict.fromkeys(("rung",), (0, 6)),
    **dict.fromkeys(("steps",), (7, 7)),
    **dict.fromkeys(("linear", "slope", "benefits"), (-3, 3)),
    **dict.fromkeys(("utility_floor", "utility_agreed", "utility_"), (-3, 3)),
    **dict.fromkeys(("provision_floor",), (0.2, 0.2)),
}  # fmt: skip

SPECIAL: dict[tuple[str, str], tuple[float, float]] = {
    ("perceived_threat", "target"): (0, 4),
    ("core_overlap", "floor"): (0.001, 1),
    ("provision", "floor"): (0.01, 1),
    ("alignment", "target"): (-1, 1),
    ("coordination_pull", "partners_mean"): (-1, 1),
    ("dominance", "square_shares"): (0, 1),
    ("gain_share", "gains"): (0, 3),
    ("next_mistrust", "trust"): (0, 0.2),
}

BOUNDED = {
    "threat_intensity": (0, 2), "event_intensity": (0, 2), "provision": (0, 2), "opposition": (0, 1),
    "restraint": (0, 1), "sponsored_intensity": (0, 2), "perceived_threat": (0, 2), "capped_threat": (0, 2),
    "overlap_left": (0, 1), "kinship": (0, 1), "dominance": (0, 1), "alignment": (-1, 1),
    "alignment_target": (-1, 1), "bloc_pull": (0, 1), "agreed_depth": (0, 1), "ceiling": (0, 1),
    "next_depth": (0, 1), "next_mistrust": (0, 1), "climbs": (0, 1), "sinks": (0, 1), "drift_depth": (0, 1),
    "due": (0, math.inf), "gain": (0, math.inf), "gain_share": (0, math.inf), "payment": (0, math.inf), "supplied_help": (0, math.inf),
    "security_benefit": (0, math.inf), "burden": (0, math.inf), "quarrel": (0, math.inf),
    "consulted_threat": (0, math.inf), "capability_share": (0, math.inf), "square_share": (0, 1), "core_overlap": (0, math.inf),
    "curvature": (0, math.inf), "tethering_benefit": (0, math.inf), "offer_price": (0, math.inf),
    "outside_offer": (0, 2), "responsive_package": (0, 2), "accepted_offer": (0, 2),
}  # fmt: skip

# equation, argument, direction: +1 never falls, -1 never rises.
MONOTONE = [
    ("threat_intensity", "intensity", 1), ("threat_intensity", "shock", 1), ("event_intensity", "shock", 1),
    ("provision", "weakness", -1), ("opposition", "depth", 1), ("opposition", "sponsor_capability", -1),
    ("sponsored_intensity", "concession", -1), ("sponsored_intensity", "restrained", -1),
    ("consulted_threat", "partners_mean", 1),
    ("consulted_threat", "perceived", -1), ("consulted_threat", "trigger", -1),
    ("supplied_help", "support", 1), ("supplied_help", "own_threat", 1), ("supplied_help", "contribution", 1),
    ("security_benefit", "own_threat", 1), ("security_benefit", "help_received", 1),
    ("overlap_left", "cover_elsewhere", -1), ("burden", "own_threat", -1), ("quarrel", "partners_mean", 1),
    ("dominance", "own_capability", -1), ("linear_terms", "accepted_offer", -1), ("linear_terms", "mistrust", -1),
    ("linear_terms", "owed", -1), ("linear_terms", "promoted", 1), ("curvature", "quarrels", 1),
    ("curvature", "independence", 1), ("segment_optimum", "slope", 1), ("agreed_depth", "linkage", 1),
    ("next_depth", "agreed", 1), ("next_depth", "depth", 1), ("climbs", "agreed", 1), ("sinks", "depth", -1),
    ("next_mistrust", "confidence", -1), ("next_mistrust", "neighbour", 1), ("offer_price", "exclusivity", 1),
    ("accepted_offer", "price", -1), ("responsive_package", "depth", 1), ("alignment_target", "bloc", 1),
    ("alignment_target", "west", -1), ("alignment", "target", 1), ("exit_threshold", "offer", 1),
    ("exit_threshold", "term_left", -1), ("kinship", "solidarity", -1),
]  # fmt: skip


def arguments(name: str) -> dict[str, tuple[float, float]]:
    names = inspect.signature(EQUATIONS[name]).parameters
    return {n: SPECIAL.get((name, n), RANGES.get(n, (0.0, 1.0))) for n in names}


def points(name: str) -> st.SearchStrategy[dict[str, float]]:
    return st.fixed_dictionaries(
        {n: st.floats(*limits, allow_nan=False, allow_subnormal=False) for n, limits in arguments(name).items()}
    )


@cache
def compiled(name: str):
    """The equation as a kernel would call it."""
    names = list(inspect.signature(EQUATIONS[name]).parameters)
    source = f"def kernel({', '.join(names)}):\n    return equation({', '.join(names)})\n"
    space = {"equation": EQUATIONS[name]}
    exec(source, space)
    return numba.njit(space["kernel"])


@pytest.mark.parity
@pytest.mark.parametrize("name", sorted(EQUATIONS))
def test_plain_and_compiled_agree_to_the_last_bit(name):
    limits = arguments(name)
    rng = np.random.default_rng(7)
    for _ in range(200):
        point = {n: float(rng.uniform(*lim)) for n, lim in limits.items()}
        plain = EQUATIONS[name](**point)
        assert float(compiled(name)(*point.values())) == plain


@pytest.mark.parametrize("name", sorted(EQUATIONS))
def test_finite_and_bounded(name):
    low, high = BOUNDED.get(name, (-math.inf, math.inf))

    @settings(max_examples=150)
    @given(points(name))
    def check(point):
        value = EQUATIONS[name](**point)
        assert math.isfinite(value)
        assert low - 1e-12 <= value <= high + 1e-12

    check()


@pytest.mark.parametrize(("name", "argument", "direction"), MONOTONE)
def test_monotone_where_claimed(name, argument, direction):
    @settings(max_examples=150)
    @given(points(name), st.floats(*arguments(name)[argument]))
    def check(point, other):
        low, high = sorted((point[argument], other))
        step = EQUATIONS[name](**point | {argument: high}) - EQUATIONS[name](**point | {argument: low})
        assert direction * step >= -1e-12

    check()


@pytest.mark.parametrize("name", sorted(EQUATIONS))
def test_documented(name):
    doc = inspect.getdoc(EQUATIONS[name])
    assert doc is not None
    assert "`" in doc, "an equation's docstring holds its formula"


@pytest.mark.parametrize("name", sorted(EQUATIONS))
def test_equations_use_algebra_only(name):
    tree = ast.parse(inspect.getsource(EQUATIONS[name]))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call)}
    powers = [node for node in ast.walk(tree) if isinstance(node, ast.Pow)]
    numbers = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, float)}
    assert called <= {"min", "max", "sqrt", "where"}
    assert not powers
    assert numbers <= {0.0, 1.0, 2.0}, "any other number is a parameter, declared once"


@given(points("perceived_threat"), st.floats(0, 4))
def test_perception_rises_with_its_target_but_for_the_noise(point, other):
    quiet = point | {"sigma": 0.0}
    low, high = sorted((point["target"], other))
    seen = [perception.perceived_threat(**quiet | {"target": target}) for target in (low, high)]
    assert seen[0] <= seen[1] + 1e-12 or quiet["rise"] < quiet["fall"]


# -- theory ---------------------------------------------------------------------------------


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.floats(0, 2), st.floats(0, 1)), max_size=6),
    st.floats(-2, 2),
    st.floats(0.05, 8),
)
def test_ideal_depth_is_the_maximiser(terms, linear, curve):
    benefits, needs = [t[0] for t in terms], [t[1] for t in terms]
    order = sorted(range(len(needs)), key=lambda k: (-needs[k], k))
    best = ideal_depth(benefits, linear, curve, order, needs)

    def value(depth: float) -> float:
        return utility(sum(b * min(depth, r) for b, r in terms), linear, curve, depth)

    grid = [*np.linspace(0, 1, 201).tolist(), *needs]
    assert 0 <= best <= 1
    assert value(best) >= max(map(value, grid)) - 1e-9


def test_a_shock_fades_as_an_ar1():
    base, memory, shock = 0.2, 0.97, 0.5
    value, theory = base, base
    for month in range(60):
        value = perception.threat_intensity(value, base, memory, shock if month == 0 else 0.0)
        theory = base + memory**month * shock
        assert value == pytest.approx(theory, abs=1e-12)


def test_intensity_under_noise_has_the_mean_and_variance_of_an_ar1():
    base, memory, scale = 1.0, 0.9, 0.03
    shocks = scale * stream("test/ar1", 0, 0).standard_normal(200_000)
    value, path = base, np.empty(len(shocks))
    for month, shock in enumerate(shocks):
        value = perception.threat_intensity(value, base, memory, float(shock))
        path[month] = value
    sd = scale / math.sqrt(1 - memory**2)
    # Five standard errors of the mean and variance of an AR(1) sample of this length.
    slack = math.sqrt((1 + memory) / (1 - memory) / len(path))
    assert path.mean() == pytest.approx(base, abs=5 * sd * slack)
    assert path.std() == pytest.approx(sd, rel=5 * slack)
    lag = np.corrcoef(path[:-1], path[1:])[0, 1]
    assert lag == pytest.approx(memory, abs=0.01)

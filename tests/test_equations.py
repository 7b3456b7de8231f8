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
from entente.agents.interest import bent_utility, utility
from entente.agents.state import Bend, Interest, ideal_depth
from entente.mechanisms import shipped
from entente.world.draws import stream

# What an argument may be, by its name; a parameter lies in its bounds, any other in 0..1.
RANGES: dict[str, tuple[float, float]] = {
    **dict.fromkeys(
        ("intensity", "base", "event", "rumour", "perceived", "target", "partners_mean", "greatest_threat",
         "partner_threat", "own_threat", "accepted_offer", "offer", "package", "sponsored", "help_received",
         "contribution", "partner_contribution", "provider_contribution", "long_run_intensity", "neighbour_threat", "fear"), (0, 2)),
    **dict.fromkeys(("shock", "noise", "rift_shock"), (-2, 2)),
    **dict.fromkeys(("own", "own_alignment", "partner_alignment", "mean_alignment"), (-1, 1)),
    **dict.fromkeys(("curvature_", "curve", "fall", "other"), (0.05, 20)),
    **dict.fromkeys(("independence",), (0.05, 10)),
    **dict.fromkeys(("partners_capability", "parties_capability", "sponsor_capability", "outside_capability",
                     "capability"), (1e-5, 1)),
    **dict.fromkeys(("provision",), (0.2, 2)),
    **dict.fromkeys(("rung", "next_rung", "highest"), (0, 6)),
    **dict.fromkeys(("shortfall_", "surplus_"), (-7, 7)),
    **dict.fromkeys(("pressure",), (0, 60)),
    **dict.fromkeys(("per_need",), (1, 20)),
    **dict.fromkeys(("steps",), (7, 7)),
    "age": (-120, 600),
    "interval": (1, 120),
    **dict.fromkeys(("linear", "slope", "benefits", "root"), (-3, 3)),
    **dict.fromkeys(("utility_floor", "utility_agreed", "utility_", "value"), (-3, 3)),
    **dict.fromkeys(("added", "beside"), (-1, 1)),
    **dict.fromkeys(("confidence",), (0, 2)),
    **dict.fromkeys(("directed_depth",), (0, 10)),
    **dict.fromkeys(("need",), (0.01, 1)),
}  # fmt: skip

SPECIAL: dict[tuple[str, str], tuple[float, float]] = {
    ("perceived_threat", "target"): (0, 4),
    ("core_overlap", "floor"): (0.001, 1),
    ("provision", "floor"): (0.01, 1),
    ("alignment", "target"): (-1, 1),
    ("gain_share", "gains"): (0, 3),
    # The price of depth is always above what is cheaper of it.
    ("fall", "saving"): (0, 0.04),
    ("curvature", "added"): (-3, 3),
    ("kept_saving", "saving"): (-1, 3),
    ("common_value", "common"): (-3, 3),
    ("drifted_rung", "rung"): (0, 5),
    # Whatever a mechanism puts in the place of organs.
    ("whole_rung", "rung"): (-2, 9),
}
DECLARED = {number.name: (number.declaration["low"], number.declaration["high"]) for number in shipped().numbers}

BOUNDED = {
    "threat_intensity": (0, 2), "event_intensity": (0, 2), "provision": (0, 2), "opposition": (0, 1),
    "sponsored_intensity": (0, 2), "perceived_threat": (0, 2), "capped_threat": (0, 2), "held_threat": (0, 2),
    "left_to_do": (0, 1), "calm": (0, 1), "regime_kinship": (0, 1), "dominance": (0, 1), "alignment": (-1, 1),
    "alignment_target": (-1, 1), "bloc_pull": (0, 1), "agreed_depth": (0, 1), "ceiling": (0, 1),
    "next_depth": (0, 1), "next_mistrust": (0, 1), "demanded": (0, 1), "rise_pressure": (0, math.inf), "fall_pressure": (0, math.inf), "drift_depth": (0, 1),
    "drifted_rung": (0, 6), "whole_rung": (0, 6), "raised_rung": (0, 6), "due": (0, math.inf), "gain": (0, math.inf), "gain_share": (0, math.inf),
    "payment": (0, math.inf), "supplied_help": (0, math.inf), "help_owed": (0, math.inf), "benefit_left": (0, math.inf),
    "security_benefit": (0, math.inf), "owed": (0, math.inf), "quarrels": (0, math.inf), "covered": (0, 1),
    "consulted_threat": (0, math.inf), "capability_share": (0, math.inf), "square_shares": (0, 1), "core_overlap": (0, math.inf),
    "curvature": (0, math.inf), "entrapment_risk": (0, math.inf), "mistrusted_depth": (0, math.inf),
    "tethering_benefit": (0, math.inf), "practice_broken": (0, math.inf), "promise_broken": (0, 1), "practice_left": (0, math.inf),
    "outside_offer": (0, 2), "responsive_package": (0, 2), "accepted_offer": (0, 2), "locked_practice": (0, 1),
    "locked_alignment": (0, 1), "alarmed": (0, 1), "opened_gate": (0, 1), "wants_in": (0, 1), "wants_out": (0, 1),
    "takes_part": (0, 1), "segment_optimum": (0, 1), "bent_utility": (0, math.inf), "common_value": (0, math.inf), "kept_saving": (0, math.inf),
    "burden_of_help": (-math.inf, 0), "offer_lost": (-math.inf, 0), "stake_at_risk": (-math.inf, 0),
    "mistrusted_company": (-math.inf, 0), "fading_mistrust": (-math.inf, 0), "regional_support": (0, math.inf),
}  # fmt: skip

# equation, argument, direction: +1 never falls, -1 never rises.
MONOTONE = [
    ("threat_intensity", "intensity", 1), ("threat_intensity", "shock", 1), ("event_intensity", "shock", 1),
    ("provision", "weakness", -1), ("opposition", "depth", 1), ("opposition", "sponsor_capability", -1),
    ("opposition", "rho", 1), ("sponsored_intensity", "concession", -1), ("sponsored_intensity", "restrained", -1),
    ("consulted_threat", "partners_mean", 1), ("consulted_threat", "own_threat", -1), ("consulted_threat", "trigger", -1),
    ("alarmed", "greatest_threat", 1), ("alarmed", "trigger", -1),
    ("supplied_help", "partner_threat", 1), ("supplied_help", "contribution", 1), ("kept_saving", "saving", 1), ("kept_saving", "curvature_", 1),
    ("help_owed", "support", 1), ("help_owed", "own_threat", 1), ("help_owed", "partner_threat", -1),
    ("security_benefit", "own_threat", 1), ("security_benefit", "help_received", 1), ("benefit_left", "worth", 1),
    ("left_to_do", "covered", -1), ("left_to_do", "overlap_use", -1), ("owed", "own_threat", -1),
    ("quarrels", "partners_mean", 1), ("dominance", "capability", -1), ("offer_lost", "accepted_offer", -1),
    ("mistrusted_company", "mistrust", -1), ("mistrusted_company", "capability", 1), ("burden_of_help", "owed", -1),
    ("regional_support", "promoted", 1), ("stake_at_risk", "weight", -1), ("mistrusted_depth", "mu", 1),
    ("entrapment_risk", "quarrels", 1), ("curvature", "added", 1), ("curvature", "independence", 1),
    ("segment_optimum", "root", 1), ("segment_root", "slope", 1), ("bent_root", "slope", 1),
    ("bent_root", "common", 1), ("bent_root", "saved", 1), ("fall", "saving", -1), ("fall", "fading", 1), ("inverse_of_both", "fall", -1), ("bent_utility", "whole", 1), ("bent_utility", "saving", 1),
    ("agreed_depth", "linkage", 1), ("agreed_depth", "beside", 1), ("next_depth", "demand", 1), ("next_depth", "depth", 1),
    ("demanded", "agreed", 1), ("demanded", "beside", 1), ("shortfall", "demand", 1), ("shortfall", "rung", -1),
    ("surplus", "demand", -1), ("rise_pressure", "shortfall_", 1), ("rise_pressure", "pace", 1), ("fall_pressure", "surplus_", 1),
    ("raised_rung", "demand", 1), ("raised_rung", "highest", 1), ("next_mistrust", "added", 1), ("fading_mistrust", "confidence", -1),
    ("bred_mistrust", "neighbour_threat", 1), ("breach", "rift_shock", 1), ("calm", "fear", -1), ("calm", "rift", -1), ("worth", "received", 1), ("worth", "paid", -1), ("worth", "beside", 1),
    ("practice_broken", "depth", 1), ("promise_broken", "exclusivity", 1), ("practice_left", "term_left", 1),
    ("accepted_offer", "price", -1), ("responsive_package", "depth", 1), ("alignment_target", "bloc", 1),
    ("alignment_target", "west", -1), ("alignment", "target", 1), ("alignment", "pulled", 1),
    ("locked_practice", "lock", -1), ("locked_practice", "unbound", 1), ("locked_alignment", "deepest", -1),
    ("wants_out", "offer", 1), ("wants_out", "value", -1), ("wants_out", "breaking", -1), ("wants_in", "ideal", 1),
    ("opened_gate", "shared_core", 1), ("opened_gate", "core_overlap", -1), ("drifted_rung", "drift", 1),
]  # fmt: skip


def arguments(name: str) -> dict[str, tuple[float, float]]:
    names = inspect.signature(EQUATIONS[name]).parameters
    return {n: SPECIAL.get((name, n), RANGES.get(n, DECLARED.get(n, (0.0, 1.0)))) for n in names}


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
    # What stands above a function declares it and is not computed.
    tree = ast.Module(ast.parse(inspect.getsource(EQUATIONS[name])).body[0].body, [])
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call)}
    powers = [node for node in ast.walk(tree) if isinstance(node, ast.Pow)]
    numbers = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, float)}
    assert called <= {"min", "max", "sqrt", "floor", "where", *EQUATIONS}
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


@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0, 1)), max_size=5), st.floats(-2, 2), st.floats(1, 8))
def test_without_anything_that_bends_the_bent_walk_is_the_straight_one(terms, linear, curve):
    benefits, needs = [t[0] for t in terms], [t[1] for t in terms]
    order = sorted(range(len(needs)), key=lambda k: (-needs[k], k))
    straight = ideal_depth(benefits, linear, curve, order, needs)
    assert ideal_depth(benefits, linear, curve, order, needs, Bend(organs=0.3)) == pytest.approx(
        straight, abs=1e-14
    )
    assert bent_utility(0.0, 2.0, 0.0, 0.3, 0.5) == 0.0


BENT = st.builds(
    Bend, common=st.floats(0, 3), saving=st.floats(0, 0.9), need=st.floats(0.05, 1), organs=st.floats(0, 6 / 7)
)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0, 1)), max_size=5), st.floats(-2, 2), st.floats(1, 8), BENT)
def test_the_bent_walk_ends_at_the_maximiser(terms, linear, curve, bend):
    benefits, needs = [t[0] for t in terms], [t[1] for t in terms]
    order = sorted(range(len(needs)), key=lambda k: (-needs[k], k))
    best = ideal_depth(benefits, linear, curve, order, needs, bend)
    interest = Interest(benefits, linear, curve, best, (), bend)
    grid = [*np.linspace(0, 1, 401).tolist(), *needs, bend.need, bend.organs]
    assert 0 <= best <= 1
    assert interest.utility(best, needs) >= max(interest.utility(depth, needs) for depth in grid) - 1e-9


@given(st.floats(-2, 2), st.floats(1, 8), BENT, st.floats(0, 1))
def test_bent_utility_is_the_integral_of_marginal_utility(linear, curve, bend, depth):
    """`U' = l - a*D + c*max(0, 1 - D/need) + s*min(D, A)`: what the roots are roots of."""
    steps = np.linspace(0, depth, 4001)
    falling = bend.common * np.maximum(0, 1 - steps / bend.need)
    cheaper = np.where(steps <= bend.organs, bend.saving * steps, bend.saving * bend.organs)
    marginal = linear - curve * steps + falling + cheaper
    worth = Interest([], linear, curve, 0.0, (), bend).utility(depth, [])
    assert worth == pytest.approx(np.trapezoid(marginal, steps), abs=1e-5)


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

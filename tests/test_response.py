"""The response to a shock: the estimator finds what is planted, and nothing where there is nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente.evidence.chain import counts, leaving_one_out, simulate_chain
from entente.evidence.exposed import Panel
from entente.evidence.matched import FALL, RELIEF, RISE, SHOCK, WITHIN, design, earlier, moves, turned
from entente.evidence.response import bootstraps, interval

YEARS = np.arange(1985, 2011)
NO_TOP = 99
UP, EXTRA = 0.1, 0.3


def made(rng, ties=60, extra=0.0, start=3):
    """Ties that rise at random, more so (or fall, below 0) in the year after the one shock that each has."""
    shape = (ties, len(YEARS))
    size = np.zeros(shape)
    at = rng.integers(5, len(YEARS) - 5, ties)
    size[np.arange(ties), at] = rng.choice([0.3, 0.5, 0.8], ties)
    chance = np.full(shape, UP)
    chance[np.arange(ties), at + 1] += max(extra, 0)
    down = np.zeros(shape)
    down[np.arange(ties), at + 1] = max(-extra, 0)
    rungs = start + (rng.random(shape) < chance).cumsum(axis=1) - (rng.random(shape) < down).cumsum(axis=1)
    yes = np.ones(shape, dtype=bool)
    return Panel(
        tuple(f"t{n}" for n in range(ties)), tuple((f"A{n % 7}", f"B{n}") for n in range(ties)), YEARS,
        np.where(np.arange(ties) % 2, 4, 1), rungs.astype(float), yes, yes, size, size > 0.4, ~yes,
    )  # fmt: skip


def estimate(ties, move=RISE, lag=WITHIN, weights=None, plan=None, treatment=SHOCK):
    plan = design(ties) if plan is None else plan
    once = np.ones((1, len(ties.names))) if weights is None else weights
    of = moves(ties, ties.rungs, move, lag, NO_TOP, once)
    return of(plan.treated[treatment], plan.quiet[treatment])


@pytest.mark.parametrize("lag", range(4))
@pytest.mark.parametrize("extra", [0.0, EXTRA])
def test_a_planted_response_is_found_at_every_lag(lag, extra):
    found = [estimate(made(np.random.default_rng([lag, n]), extra=extra), lag=lag).response[0] for n in range(200)]
    still = (1 - UP) ** (lag + 1)
    risen = still if lag < 1 else (1 - UP) ** lag * (1 - UP - extra)
    error = np.std(found) / np.sqrt(len(found))
    assert np.mean(found) == pytest.approx(still - risen, abs=4 * error)
    assert error < 0.01


def test_a_planted_fall_is_found():
    found = [estimate(made(np.random.default_rng(n), extra=-0.5), FALL, 1).response[0] for n in range(100)]
    # It falls in the second of two years, unless it rises in either.
    assert np.mean(found) == pytest.approx(0.5 * (1 - UP) ** 2, abs=0.02)


@pytest.mark.parametrize("extra", [0.0, EXTRA])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(extra):
    truth = (1 - UP) ** WITHIN * extra
    held = []
    for n in range(150):
        rng = np.random.default_rng([7, n])
        ties = made(rng, extra=extra)
        weights = bootstraps(ties, 200, rng)
        low, high = interval(estimate(ties, weights=weights).response[1:201])
        held.append(low <= truth <= high)
    assert 0.82 <= np.mean(held) <= 0.97


def test_placebos_find_nothing_of_a_planted_response():
    before, at_random = [], []
    for n in range(100):
        rng = np.random.default_rng([3, n])
        ties = made(rng, extra=EXTRA)
        plan = design(ties)
        before.append(estimate(ties, plan=earlier(plan)).response[0])
        at_random.append(estimate(turned(ties, rng)).response[0])
    assert np.nanmean(before) == pytest.approx(0, abs=0.03)
    assert np.nanmean(at_random) == pytest.approx(0, abs=0.03)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), move=st.sampled_from([RISE, FALL]), lag=st.integers(0, 5))
def test_a_tie_counted_twice_is_as_two_ties_alike(seed, move, lag):
    rng = np.random.default_rng(seed)
    ties = made(rng, ties=8, extra=EXTRA)
    twice = Panel(
        (*ties.names, "again"), (*ties.parties, ties.parties[0]), ties.years,
        *(np.concatenate([grid, grid[:1]]) for grid in (
            ties.duty, ties.rungs, ties.known, ties.signed, ties.size, ties.shared, ties.ended,
        )),
    )  # fmt: skip
    weights = np.ones((1, 8))
    weights[0, 0] = 2
    one, other = estimate(ties, move, lag, weights), estimate(twice, move, lag)
    np.testing.assert_allclose(one.response, other.response, equal_nan=True)
    assert one.treated == other.treated
    assert one.dropped == other.dropped


def test_by_hand():
    """Two ties, one shock: the treated year is held against the quiet years of its own rung, period and duty only."""
    rungs = np.full((3, len(YEARS)), 2.0)
    size = np.zeros(rungs.shape)
    size[0, 10] = 0.5
    rungs[0, 12:] = 3
    rungs[1, 11:] = 3
    yes = np.ones(rungs.shape, dtype=bool)
    duty = np.array([1, 1, 4])
    ties = Panel(("a", "b", "c"), (("A", "B"),) * 3, YEARS, duty, rungs, yes, yes, size, ~yes, ~yes)
    found = estimate(ties)
    assert (found.treated, found.ties, found.dropped) == (1, 1, 0)
    # 1995 to 1999 of b at rung 2 the year before: 1995 and 1996, and both rise by the second year after.
    assert found.quiet == 2
    assert found.treated_rate[0] == 1
    assert found.quiet_rate[0] == 1
    # Three years after the shock, quiet since: a relief, for which nothing of rung 3 and of lasting quiet is there.
    assert design(ties).treated[RELIEF].nonzero()[1].tolist() == [13]
    alone = estimate(
        Panel(("a", "b", "c"), (("A", "B"),) * 3, YEARS, np.array([2, 1, 4]), rungs, yes, yes, size, ~yes, ~yes)
    )
    assert (alone.treated, alone.dropped, alone.strata_dropped) == (0, 1, 1)
    assert np.isnan(alone.response[0])


def test_years_outside_the_scenario_are_not_quiet():
    ties = made(np.random.default_rng(0), ties=3)
    quiet = design(ties).quiet
    assert not quiet[SHOCK][:, :2].any()
    assert not quiet[SHOCK][:, -2:].any()
    assert not quiet[RELIEF][:, :5].any()


def test_a_declared_end_takes_the_place_of_quiet_years():
    ties = made(np.random.default_rng(0), ties=3)
    ties.ended[0, 20] = True
    assert np.argwhere(design(ties).treated[RELIEF]).tolist() == [[0, 20]]
    assert not design(ties).quiet[RELIEF][0, 18:26].any()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_turned_dates_keep_what_a_tie_has(seed):
    rng = np.random.default_rng(seed)
    ties = made(rng, ties=5)
    other = turned(ties, rng)
    np.testing.assert_array_equal(np.sort(ties.size, axis=1), np.sort(other.size, axis=1))
    np.testing.assert_array_equal(other.shared, other.size > 0.4)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), gap=st.integers(1, 18))
def test_the_chain_of_a_tie_knows_all_ties_but_it(seed, gap):
    rungs = np.random.default_rng(seed).integers(0, 7, (4, 20)).astype(float)
    rungs[2, gap] = np.nan
    chances = leaving_one_out(list(rungs))
    np.testing.assert_allclose(chances.sum(axis=2), 1)
    other = rungs.copy()
    other[0] = 5
    np.testing.assert_array_equal(chances[0], leaving_one_out(list(other))[0])
    assert counts(rungs[2]).sum() == 17


def test_walks_move_as_often_as_the_chain_says():
    chances = leaving_one_out([np.array([0, 1, 0, 1, 1, 2, 1.0])] * 2)[0]
    walks = simulate_chain(chances, 1, 40, 5000, np.random.default_rng(0))
    assert (walks[:, 0] == 1).all()
    now, later = walks[:, :-1].ravel(), walks[:, 1:].ravel()
    for rung in (0, 1, 2):
        share = np.bincount(later[now == rung], minlength=7) / (now == rung).sum()
        np.testing.assert_allclose(share, chances[rung], atol=0.01)

"""Noise belongs to named things, months lead, and seed 0 is a seed."""

from __future__ import annotations

import numpy as np
import pytest

from entente.month.mechanism import NORMAL, UNIFORM, Stream
from entente.world.draws import draw, stream

WORLD = (("A", "B"), ("x", "y"), ("t",))
OWN = (Stream("drift", "t", UNIFORM, "drift"), Stream("mood", "s", NORMAL, "mood"))
"""Noise of mechanisms: of treaties, and of states."""


def test_same_key_same_noise_and_different_keys_differ():
    one, two = draw(*WORLD, 30, 0), draw(*WORLD, 30, 0)
    assert all(np.array_equal(getattr(one, n), getattr(two, n)) for n in ("arrival", "magnitude", "perception"))
    for other in (draw(*WORLD, 30, 1), draw(*WORLD, 30, 0, 1)):
        assert not np.array_equal(one.perception, other.perception)


def test_a_longer_horizon_only_appends():
    short, long = draw(*WORLD, 30, 5, own=OWN), draw(*WORLD, 90, 5, own=OWN)
    for name in ("arrival", "magnitude", "perception"):
        assert np.array_equal(getattr(short, name), getattr(long, name)[:30])
    for name in short.own:
        assert np.array_equal(short.own[name], long.own[name][:30])


def test_adding_a_thing_leaves_the_noise_of_the_others_alone():
    small = draw(*WORLD, 30, 5, own=OWN)
    large = draw(("A", "AB", "B"), ("w", "x", "y"), ("s", "t"), 30, 5, own=OWN)
    assert np.array_equal(small.perception, large.perception[:, [0, 2]][:, :, [1, 2]])
    assert np.array_equal(small.arrival, large.arrival[:, 1:])
    assert np.array_equal(small.own["drift"], large.own["drift"][:, 1:])
    assert np.array_equal(small.own["mood"], large.own["mood"][:, [0, 2]])


def test_adding_a_mechanism_leaves_the_noise_of_the_others_alone():
    some, more = draw(*WORLD, 30, 5, own=OWN[:1]), draw(*WORLD, 30, 5, own=OWN)
    assert np.array_equal(some.own["drift"], more.own["drift"])
    assert np.array_equal(some.perception, more.perception)


def test_moments():
    sample = draw(("A",), ("x",), (), 100_000, 0)
    assert sample.arrival.mean() == pytest.approx(0.5, abs=0.005)
    assert sample.perception.mean() == pytest.approx(0, abs=0.02)
    assert sample.perception.std() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(("seed", "replicate"), [(-1, 0), (0, -1), (2**63, 0)])
def test_keys_out_of_range_are_refused(seed, replicate):
    with pytest.raises(ValueError, match="whole numbers"):
        stream("x", seed, replicate)


@pytest.mark.parity
def test_a_stream_is_the_same_everywhere():
    expected = [0.3318400059350932, 0.10684275188649939, 0.6740025582355983]
    assert stream("militancy/arrival", 0, 0).random(3).tolist() == expected

"""Noise that is drawn in compiled code: to the last bit numpy's, whatever the stream, and numpy's where it cannot be."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente import simulate
from entente.engines.compiled import noise
from entente.engines.compiled.noise import drawn, fill_by_code, fill_by_numpy, is_exact
from entente.month.mechanism import NORMAL, UNIFORM
from entente.schema.load import load_scenario
from entente.world.draws import draw
from entente.world.pack import pack

pytestmark = pytest.mark.parity


@pytest.mark.parametrize("law", [UNIFORM, NORMAL])
def test_many_streams_are_numpys(law):
    """Half a million numbers of each of a few hundred streams, in which every branch is taken many times."""
    keys = np.random.default_rng(1).integers(0, 2**64, size=(8, 32, 2), dtype=np.uint64)
    keys[0, 0], keys[0, 1] = 0, 2**64 - 1
    ours, theirs = (np.zeros((8, 4096, 32)) for _ in range(2))
    fill_by_code(keys, range(32), law, ours)
    fill_by_numpy(keys, range(32), law, theirs)
    assert ours.tobytes() == theirs.tobytes()
    if law == NORMAL:
        # Beyond the last layer of the ziggurat numbers come from a branch of their own.
        assert (np.abs(ours) > 3.6541528853610088).sum() > 100


@settings(max_examples=50)
@given(
    st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(1, 300), st.sampled_from([UNIFORM, NORMAL])
)
def test_any_stream_of_any_length_is_numpys(one, other, months, law):
    keys = np.array([one, other], dtype=np.uint64).reshape(1, 1, 2)
    ours, theirs = (np.zeros((1, months, 3)) for _ in range(2))
    fill_by_code(keys, [1], law, ours)
    fill_by_numpy(keys, [1], law, theirs)
    assert ours.tobytes() == theirs.tobytes()


@settings(max_examples=20)
@given(st.integers(0, 2**63 - 1), st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=3), st.integers(0, 9))
def test_replicates_hear_what_one_run_alone_hears(seed, replicates, left_out):
    world = pack(load_scenario("memo-2001", {"months": 3}))
    streams = world.mechanisms.streams
    everything = [f"{state}/{source}/perception" for state in world.states for source in world.sources]
    everything += [f"{source}/{kind}" for source in world.sources for kind in ("arrival", "magnitude")]
    things = {"s": world.states, "k": world.sources, "t": world.treaties}
    everything += [f"{thing}/{one.label}" for one in streams for thing in things[one.over]]
    wanted = frozenset(everything[left_out::2])
    found = drawn(world, seed, replicates, wanted)
    for row, replicate in enumerate(replicates):
        alone = draw(world.states, world.sources, world.treaties, world.steps, seed, replicate, wanted, streams)
        for name in ("arrival", "magnitude", "perception"):
            assert getattr(found, name)[row].tobytes() == getattr(alone, name).tobytes()
        assert all(found.own[name][row].tobytes() == alone.own[name].tobytes() for name in alone.own)


def test_where_the_two_differ_numpy_draws_the_same_results_and_a_warning_says_so(monkeypatch):
    def results():
        return simulate("memo-2001", replicates=20, months=24, shared=6).outcomes

    before = results()
    assert is_exact()
    by_code = fill_by_code

    def off_by_little(keys, columns, law, into):
        by_code(keys, columns, law, into)
        into *= 1 + 2**-50

    monkeypatch.setattr(noise, "fill_by_code", off_by_little)
    is_exact.cache_clear()
    with pytest.warns(RuntimeWarning, match="numpy draws it"):
        assert results().equals(before)
    monkeypatch.undo()
    is_exact.cache_clear()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert results().equals(before)

"""The landscape of two blocs: energies by hand, minima by trying, propensities from a scenario's threats."""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente import InputError, landscape, load_scenario
from entente.cli import main
from entente.evidence.landscape import MOST, Landscape, distance_landscape, threat_landscape
from entente.world.pack import pack

PLACE = {"longitude": 0, "latitude": 0}
WORLD = {
    "name": "two-threats",
    "start": "1950-01",
    "months": 24,
    "states": {
        "AAA": {"name": "A", "place": PLACE, "capability": 0.2, "exposure": {"raid": 0.5, "fleet": 0.6}},
        "BBB": {"name": "B", "place": PLACE, "capability": 0.1, "exposure": {"raid": 0.8, "feud": 0.3}},
        "CCC": {"name": "C", "place": PLACE, "capability": 0.1, "exposure": {"march": 0.4, "feud": 0.2}},
    },
    "powers": {"OUT": {"name": "O", "place": PLACE, "capability": 0.3}},
    "sources": {
        "raid": {"name": "R", "origin": "steppe", "base": 0.1, "need": 0.5},
        "fleet": {"name": "F", "origin": "OUT", "sponsor": "OUT", "base": 0.1, "need": 0.5},
        "march": {"name": "M", "origin": "AAA", "base": 0.1, "need": 0.5},
        "feud": {"name": "D", "origin": "member", "base": 0.1, "need": 0.5},
    },
}


@st.composite
def landscapes(draw: st.DrawFn) -> Landscape:
    count = draw(st.integers(2, 6))
    sizes = np.array(draw(st.lists(st.floats(0.01, 1), min_size=count, max_size=count)))
    pairs = iter(draw(st.lists(st.floats(-1, 1), min_size=count**2, max_size=count**2)))
    propensities = np.zeros((count, count))
    for i, j in combinations(range(count), 2):
        propensities[i, j] = propensities[j, i] = next(pairs)
    return Landscape(tuple("ABCDEF"[:count]), sizes, propensities)


def frustration(land: Landscape, sides: np.ndarray, i: int) -> float:
    """What keeps an actor from being content: the propensities towards those of the other bloc, by size."""
    others = [j for j in range(len(land.actors)) if j != i and sides[j] != sides[i]]
    return sum(land.sizes[j] * land.propensities[i, j] for j in others)


def divisions(land: Landscape) -> np.ndarray:
    count = len(land.actors)
    return np.array([[1, *[1 - 2 * (n >> bit & 1) for bit in range(count - 1)]] for n in range(2 ** (count - 1))])


def test_two_pairs_of_friends_part_from_each_other():
    friends = np.full((4, 4), -1.0)
    for i, j in ((0, 1), (2, 3)):
        friends[i, j] = friends[j, i] = 1.0
    land = Landscape(("A", "B", "C", "D"), np.array([1.0, 2.0, 1.0, 1.0]), friends)
    sides, energies = land.minima()
    assert sides.tolist() == [[1, 1, -1, -1]]
    # Apart: A-C, A-D (1 each), B-C, B-D (2 each), both ways, at -1.
    assert energies.tolist() == [-12.0]
    assert land.energy(np.ones((1, 4))).tolist() == [0.0]
    # Each alone against its friend: A-B at 2, C-D at 1, A-D at -1, B-C at -2.
    assert land.energy(np.array([[1, -1, 1, -1]])).tolist() == [2 * (2 + 1 - 1 - 2)]


def test_three_enemies_are_frustrated_however_they_divide():
    land = Landscape(("A", "B", "C"), np.ones(3), -np.ones((3, 3)))
    sides, energies = land.minima()
    assert len(sides) == 3
    assert energies.tolist() == [-4.0] * 3
    assert {abs(int(row.sum())) for row in sides} == {1}


@given(landscapes())
def test_energy_is_the_frustration_of_all_by_their_size(land):
    for sides in divisions(land):
        by_hand = sum(land.sizes[i] * frustration(land, sides, i) for i in range(len(land.actors)))
        assert land.energy(sides[np.newaxis])[0] == pytest.approx(by_hand, abs=1e-12)
        assert land.energy(-sides[np.newaxis])[0] == pytest.approx(by_hand, abs=1e-12)


@given(landscapes())
def test_nobody_gains_by_leaving_a_minimum_and_the_lowest_is_first(land):
    sides, energies = land.minima()
    every = land.energy(divisions(land))
    assert energies[0] == pytest.approx(every.min(), abs=1e-12)
    assert (np.diff(energies) >= 0).all()
    for row, energy in zip(sides, energies, strict=True):
        for i in range(len(land.actors)):
            moved = row.copy()
            moved[i] = -moved[i]
            assert land.energy(moved[np.newaxis])[0] >= energy - 1e-9
            assert frustration(land, moved, i) >= frustration(land, row, i) - 1e-9


def test_threats_that_are_shared_draw_together_and_those_posed_apart():
    land = threat_landscape(pack(load_scenario(WORLD)))
    assert land.actors == ("AAA", "BBB", "CCC", "OUT")
    assert land.sizes == pytest.approx([0.2, 0.1, 0.1, 0.3])
    expected = {("AAA", "BBB"): 0.5, ("AAA", "CCC"): -0.4, ("BBB", "CCC"): -0.2, ("AAA", "OUT"): -0.6,
                ("BBB", "OUT"): 0.0, ("CCC", "OUT"): 0.0}  # fmt: skip
    for (a, b), value in expected.items():
        i, j = land.actors.index(a), land.actors.index(b)
        assert land.propensities[i, j] == pytest.approx(value)
        assert land.propensities[j, i] == pytest.approx(value)


def test_alignments_are_compared_with_the_bloc_of_each_state():
    found = landscape(WORLD, draws=5)
    # A and B share a raider; C has A and B against it, and nothing against the power.
    assert sorted(map(sorted, found["blocs"])) == [["AAA", "BBB"], ["CCC", "OUT"]]
    assert set(found["agreement_by_state"]) == {"AAA", "BBB", "CCC"}
    # Without treaties everybody leans to the power, by the stake in good relations: so C agrees, A and B do not.
    assert found["agreement_by_state"] == {"AAA": 0.0, "BBB": 0.0, "CCC": 1.0}
    assert found["agreement"]["mean"] == pytest.approx(1 / 3)


def test_without_an_outside_power_nothing_is_compared():
    assert "agreement" not in landscape({**WORLD, "powers": None, "sources": None, "states": {
        id_: {**state, "exposure": {}} for id_, state in WORLD["states"].items()}}, draws=2)  # fmt: skip


def test_distances_draw_together_those_nearer_than_the_mean(tmp_path):
    world = pack(load_scenario("record-1992"))
    land = distance_landscape(world, "un-distances-1992-2001")
    at = land.actors.index
    pairs = np.triu_indices(len(land.actors), 1)
    assert land.propensities[pairs].sum() == pytest.approx(0, abs=1e-9)
    assert land.propensities[at("RUS"), at("KAZ")] > 0 > land.propensities[at("RUS"), at("USA")]
    short = tmp_path / "short.csv"
    short.write_text("a,b,distance\nARM,BLR,1\n")
    with pytest.raises(InputError, match="ARM, CHN: missing; every pair of states and powers needs a distance"):
        distance_landscape(world, str(short))
    short.write_text("a,b,distance\nARM,BLR,far\n")
    with pytest.raises(InputError, match=r"short\.csv:2: distance: 'far': must be a number"):
        distance_landscape(world, str(short))
    with pytest.raises(InputError, match="no such table; did you mean un-distances-1992-2001"):
        distance_landscape(world, "un-distances")


def test_too_many_actors_are_refused():
    count = MOST + 1
    with pytest.raises(InputError, match=f"{count} states and powers: {MOST} at most"):
        Landscape(tuple(map(str, range(count))), np.ones(count), np.zeros((count, count))).minima()


def test_the_command_prints_one_object(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["landscape", "record-1992", "--when", "2001-08", "--draws", "4", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert sorted([*found["blocs"][0], *found["blocs"][1]]) == sorted(found["actors"])
    assert found["minima"][0]["energy"] == found["energy"] == min(each["energy"] for each in found["minima"])
    assert 0 <= found["agreement"]["mean"] <= 1

"""The landscape of two blocs (Axelrod and Bennett 1993): which of them holds the least energy, and does the model agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from entente.errors import InputError, nearest, shown
from entente.experiments.prior import parameter_sets
from entente.month.mechanism import Mechanism
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario
from entente.world.outcomes import parse_outcomes
from entente.world.pack import MEMBER, World, pack

from .forecast import measure
from .record import RECORDS, read_table

MOST = 15
"""Actors at most: every division into two blocs is tried."""
ALIKE = 1e-12
"""Energies that differ by a smaller share of the whole are the same."""


@dataclass(frozen=True)
class Landscape:
    """Actors, their sizes, and the propensity of each pair to be together: above 0 drawn together, below 0 apart."""

    actors: tuple[str, ...]
    sizes: np.ndarray
    propensities: np.ndarray

    @property
    def pull(self) -> np.ndarray:
        """Size times size times propensity of each pair, nothing on the diagonal."""
        pull = self.propensities * np.outer(self.sizes, self.sizes)
        np.fill_diagonal(pull, 0.0)
        return np.asarray(pull)

    def energy(self, sides: np.ndarray) -> np.ndarray:
        """`E = sum_i s_i sum_{j != i} s_j p_ij d_ij`, `d` 1 for pairs in different blocs, of each row of sides (-1, 1)."""
        here = sides > 0
        return np.asarray(2 * ((here @ self.pull) * ~here).sum(axis=1))

    def minima(self) -> tuple[np.ndarray, np.ndarray]:
        """Divisions that no actor lowers the energy of by crossing over, the lowest first, and their energies.

        A row a division, a column an actor; the first actor is always on side 1.
        """
        count = len(self.actors)
        if count > MOST:
            raise InputError(
                f"landscape: {count} states and powers: {MOST} at most, since every division is tried"
            )
        bits = np.arange(2 ** (count - 1))[:, np.newaxis] >> np.arange(count - 1) & 1
        sides = np.hstack([np.ones((len(bits), 1)), 1.0 - 2.0 * bits])
        crossing = 2 * sides * (sides @ self.pull)
        held = (crossing >= -ALIKE * np.abs(self.pull).sum()).all(axis=1)
        energies = self.energy(sides[held])
        order = np.argsort(energies, kind="stable")
        return sides[held][order], energies[order]


def threat_landscape(world: World) -> Landscape:
    """States and outside powers of a scenario, drawn together by threats they share and apart by those they pose.

    A propensity is the exposure that both have to a third party's sources (the lesser of the two), less the exposure
    of each to sources that the other is origin or sponsor of. What comes from fellow members parts those exposed.
    These are the model's own inputs, so that the comparison is about its dynamics. Sizes are capabilities at the start.
    """
    states, powers = world.states, world.powers
    actors = (*states, *powers)
    exposure = np.vstack([world.numbers["exposure"], np.zeros((len(powers), len(world.sources)))])
    shared = np.minimum(exposure[:, np.newaxis, :], exposure)
    propensities = np.zeros((len(actors), len(actors)))
    for k in range(len(world.sources)):
        posed = np.zeros(len(actors), dtype=bool)
        if world.origin[k] >= 0:
            posed[world.origin[k]] = True
        if world.sponsor[k] >= 0:
            posed[len(states) + world.sponsor[k]] = True
        if world.origin[k] == MEMBER:
            propensities -= shared[:, :, k]
            continue
        third = ~posed[:, np.newaxis] & ~posed
        against = np.outer(posed, exposure[:, k])
        propensities += np.where(third, shared[:, :, k], 0.0) - against - against.T
    sizes = np.concatenate([world.numbers["capability"][0], world.numbers["power_capability"][0]])
    return Landscape(actors, sizes, propensities)


def distance_landscape(world: World, name: str) -> Landscape:
    """States and powers drawn together where they are nearer than the mean of all pairs.

    `name` is a table of `configs/records` or a file with the columns `a, b, distance`.
    """
    path = Path(name) if Path(name).suffix else RECORDS / f"{name}.csv"
    if not path.is_file():
        known = [found.stem for found in RECORDS.glob("*distances*.csv")]
        raise InputError(f"--distances {shown(name)}: no such table{nearest(name, known)}")
    table = read_table(path, ("a", "b", "distance"))
    actors = (*world.states, *world.powers)
    distances = np.full((len(actors), len(actors)), np.nan)
    for line, a, b, text in zip(table.index, table["a"], table["b"], table["distance"], strict=True):
        try:
            distance = float(text)
        except ValueError:
            raise InputError(f"{path}:{line}: distance: {shown(text)}: must be a number") from None
        if a in actors and b in actors:
            distances[actors.index(a), actors.index(b)] = distances[actors.index(b), actors.index(a)] = distance
    pairs = np.triu_indices(len(actors), 1)
    missing = np.flatnonzero(np.isnan(distances[pairs]))
    if len(missing):
        a, b = (actors[index[missing[0]]] for index in pairs)
        raise InputError(f"{path}: {a}, {b}: missing; every pair of states and powers needs a distance")
    sizes = threat_landscape(world).sizes
    return Landscape(actors, sizes, np.mean(distances[pairs]) - np.nan_to_num(distances))


def landscape(
    scenario: str | Path | Scenario = "record-1992",
    distances: str | None = None,
    when: str = "last",
    parameters: str = "prior",
    draws: int = 200,
    seed: int = 0,
    mechanisms: Iterable[Mechanism] = (),
) -> dict[str, Any]:
    """The two blocs of least energy, other local minima, and how often the model's alignments agree with the blocs.

    `scenario` is an id in `configs/`, a `.yaml` file or a `Scenario`; `parameters` is a name for `parameter_sets`,
    of which `draws` rows are run once each; `seed` is that of the draws and the noise. Propensities come from the
    threats of the scenario, or from a table of `distances`. An alignment `x` (at the month or year `when`, or its
    `last` or `mean`) agrees where its sign is the side of the state, -1 with the first outside power; an alignment
    of 0 counts half. Without an outside power alignments have no other side to be with, and nothing is compared.
    Energy and agreement (a share, 0 to 1, with its 90 % range) have no unit. `mechanisms` act besides those of the
    scenario. Raises `InputError`.

    Examples:
        >>> from entente import landscape
        >>> found = landscape("record-1992", draws=20)
        >>> found["minima"][0]["blocs"][1], sorted(found["agreement"])
        (['USA'], ['high', 'low', 'mean'])
    """
    if draws < 1:
        raise InputError(f"draws: {draws}: must be a whole number, 1 or more")
    ready = load_scenario(scenario, mechanisms=mechanisms)
    world = pack(ready)
    land = threat_landscape(world) if distances is None else distance_landscape(world, distances)
    sides, energies = land.minima()
    names = np.array(land.actors)
    minima = [
        {"blocs": [names[row > 0].tolist(), names[row < 0].tolist()], "energy": float(energy)}
        for row, energy in zip(sides, energies, strict=True)
    ]
    compared = {}
    if world.powers:
        outcomes = [f"alignment:{state}@{when}" for state in world.states]
        try:
            parse_outcomes(outcomes[:1], world)
        except InputError as error:
            raise InputError(f"--when {shown(when)}: {str(error).rpartition(': ')[2]}") from None
        x = measure(ready, parameter_sets(parameters, draws, seed, ready), range(draws), outcomes, seed)
        count = len(world.states)
        compared = _agreement(x, -sides[0, :count] * sides[0, count], world.states)
    return {
        "scenario": ready.name, "propensities": distances or "threats", "actors": list(land.actors),
        "blocs": minima[0]["blocs"], "energy": minima[0]["energy"], "minima": minima,
        "parameters": parameters, "draws": draws, "when": when, "seed": seed,
        **compared,
    }  # fmt: skip


def _agreement(x: np.ndarray, sides: np.ndarray, states: tuple[str, ...]) -> dict[str, Any]:
    """Share of states whose alignment has the sign of their side: mean, 5 and 95 % of draws, and by state."""
    agrees = (1 + np.sign(x) * sides) / 2
    by_draw = agrees.mean(axis=1)
    low, high = np.quantile(by_draw, [0.05, 0.95])
    return {
        "agreement": {"mean": float(by_draw.mean()), "low": float(low), "high": float(high)},
        "agreement_by_state": dict(zip(states, agrees.mean(axis=0).tolist(), strict=True)),
    }

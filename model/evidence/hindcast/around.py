"""Who else is tied to whom: what the records of a folder say of the ties around each, for the network rival."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from ..ties import Tie


class Around:
    """The ties of a folder as a network, year by year, from which a scenario's own are left out."""

    def __init__(self, ties: Sequence[Tie]) -> None:
        self._coded: list[tuple[str, frozenset[str], dict[int, int]]] = []
        for tie in ties:
            for one in tie.record.ties:
                cells = [tie.record.cells[place] for place in tie.record.of(one)]
                parties = {
                    state
                    for id_ in cells[0].treaties
                    for state, signs in tie.scenario.treaties[id_].parties.items()
                    if signs
                }
                self._coded.append((tie.name, frozenset(parties), {cell.year: cell.rung for cell in cells}))

    def changes(self, tie: Tie, year: int) -> dict[str, float]:
        """What the network around a scenario is at the end of a year, as changes of it.

        Two states are tied where their tie, as last coded by then, is above rung 0. A treaty's `shared_partners` are
        the states outside it that are tied to all its parties, a state's `ties_elsewhere` its other ties.
        """
        tied: set[frozenset[str]] = set()
        for name, parties, rungs in self._coded:
            known = [at for at in rungs if at <= year]
            if name != tie.name and known and rungs[max(known)] > 0:
                tied |= {frozenset(pair) for pair in combinations(sorted(parties), 2)}
        found: dict[str, float] = {
            f"states.{state}.ties_elsewhere": float(sum(state in pair for pair in tied))
            for state in tie.scenario.states
        }
        everybody = {state for pair in tied for state in pair}
        for id_, treaty in tie.scenario.treaties.items():
            own = {state for state, signs in treaty.parties.items() if signs}
            shared = [
                state for state in everybody - own if all(frozenset((state, party)) in tied for party in own)
            ]
            found[f"treaties.{id_}.shared_partners"] = float(len(shared))
        return found

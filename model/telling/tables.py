"""Tables of a run, built from its trajectory; column, unit and meaning declared once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from entente.month.gather import Mechanisms
from entente.world.outcomes import dyad_index
from entente.world.pack import World
from entente.world.trajectory import CORE, Trajectory, quantities

from .columns import Column, typed
from .story import EVENT_COLUMNS, events

_KEYS: dict[str, tuple[str, str]] = {
    "month": ("YYYY-MM", "calendar month; states stand as they are at its end"),
    "state": ("id", "state"),
    "source": ("id", "source of threat"),
    "treaty": ("id", "treaty"),
    "a": ("id", "first state of the dyad, by id"),
    "b": ("id", "second state of the dyad"),
    "payer": ("id", "party that pays"),
    "payee": ("id", "party that receives"),
    "members": ("ids", "parties, separated by spaces"),
    "amount": ("utility", "side payment this month"),
    "index": ("depth 0..1", "dyad index I = 1 - prod (1 - D) over the treaties that hold both (E16)"),
    "layers": ("count", "treaties that hold both"),
    "top_rung": ("rung 0..6", "highest rung among them"),
    "top_obligation": ("0..4", "highest obligation among them"),
}


FUTURE_SHARES = (50, 90)
"""Shares of the futures that a band holds, in percent."""
RUNNING_SHARE = "in_force"


_WHOLE = {
    "status", "rung", "obligation", "member", "guest", "blocked", "term_end", "consulted", "layers", "top_rung",
    "top_obligation", "runs",
}  # fmt: skip
_TEXT = {
    name
    for name, (unit, _) in (_KEYS | EVENT_COLUMNS).items()
    if unit in {"id", "ids", "YYYY-MM", "word", "words"}
}


def _declared(told: Mapping[str, tuple[str, str]]) -> dict[str, Column]:
    """Columns with their kind besides unit and meaning."""
    return {
        name: Column("whole" if name in _WHOLE else "text" if name in _TEXT else "number", *about)
        for name, about in told.items()
    }


def _future_columns() -> dict[str, Column]:
    columns: dict[str, tuple[str, str]] = {
        "month": _KEYS["month"], "treaty": _KEYS["treaty"], "runs": ("count", "runs of the scenario"),
        RUNNING_SHARE: ("share 0..1", "share of the runs in which the treaty is in force; what follows is of these"),
    }  # fmt: skip
    for name, unit, meaning in (("practice", "depth 0..1", "depth D"), ("organs", "rung 0..6", "rung R")):
        columns[f"{name}_median"] = (unit, f"median of {meaning}")
        for share in FUTURE_SHARES:
            columns[f"{name}_low_{share}"] = (unit, f"lower edge of the band that holds {share} % of {meaning}")
            columns[f"{name}_high_{share}"] = (unit, f"upper edge of the band that holds {share} % of {meaning}")
    return _declared(columns)


FUTURES_NAME, FUTURES_ROW = "futures", "a month and treaty, over many runs of the scenario"
FUTURES = _future_columns()
"""Columns of the table `futures`, which is kept beside the tables of one run where futures were asked for."""


@dataclass(frozen=True)
class Table:
    """A table: what a row is, its columns, over what its quantities run, and how it is built."""

    row: str
    own: tuple[str, ...]
    over: str
    build: Callable[[World, Trajectory], pd.DataFrame]

    def columns(self, mechanisms: Mechanisms) -> dict[str, Column]:
        """Its columns in a world of some mechanisms, with kind, unit and meaning."""
        if self.build is events:
            return _declared(EVENT_COLUMNS)
        known = quantities(mechanisms)
        told = {name: (known[name].unit, known[name].meaning) for name in _over(self.over, mechanisms)}
        keys = _declared({key: _KEYS[key] for key in self.own})
        last = {"members": keys.pop("members")} if "members" in keys else {}
        # What a mechanism records is a number, whatever its name is.
        numbers = {name: Column("number", *about) for name, about in told.items() if name not in CORE}
        return keys | _declared(told) | numbers | last


def build_table(name: str, world: World, trajectory: Trajectory) -> pd.DataFrame:
    """One table as a frame, rows in the order of months and ids; with the same types whether it has rows or none."""
    table = TABLES[name]
    return typed(table.build(world, trajectory), table.columns(world.mechanisms))


def months_of(world: World, trajectory: Trajectory) -> list[str]:
    """The calendar months that a trajectory holds."""
    return [world.month(world.opens + row) for row in range(trajectory.months)]


def _over(axes: str, mechanisms: Mechanisms) -> list[str]:
    return [name for name, quantity in quantities(mechanisms).items() if quantity.over == axes]


_AXES = {"s": "state", "k": "source", "t": "treaty"}


def _frame(world: World, trajectory: Trajectory, axes: str) -> pd.DataFrame:
    """Quantities over the same things, one row a month and thing."""
    names = _over(axes, world.mechanisms)
    ids = {"s": world.states, "k": world.sources, "t": world.treaties}
    index = pd.MultiIndex.from_product(
        [months_of(world, trajectory), *(ids[axis] for axis in axes)],
        names=["month", *(_AXES[a] for a in axes)],
    )
    data = {name: trajectory[name].reshape(-1) for name in names}
    return pd.DataFrame(data, index=index).reset_index()


def _states(world: World, trajectory: Trajectory) -> pd.DataFrame:
    return _frame(world, trajectory, "s")


def _perceptions(world: World, trajectory: Trajectory) -> pd.DataFrame:
    return _frame(world, trajectory, "sk")


def _sources(world: World, trajectory: Trajectory) -> pd.DataFrame:
    return _frame(world, trajectory, "k")


def _treaties(world: World, trajectory: Trajectory) -> pd.DataFrame:
    frame = _frame(world, trajectory, "t")
    member = trajectory["member"].reshape(len(frame), len(world.states))
    frame["members"] = [" ".join(world.states[i] for i in np.flatnonzero(row)) for row in member]
    return frame


def _parties(world: World, trajectory: Trajectory) -> pd.DataFrame:
    """Parties, guests and candidates of running treaties."""
    frame = _frame(world, trajectory, "ts")
    running = np.repeat(trajectory["status"].reshape(-1) == 1, len(world.states))
    candidate = np.zeros((len(world.treaties), len(world.states)), dtype=bool)
    for p, body in enumerate(world.bodies):
        candidate[p, list(body.candidates)] = True
    listed = np.tile(candidate.reshape(-1), trajectory.months)
    involved = ((frame["member"] == 1) | (frame["paid"] > 0) | (frame["received"] > 0)).to_numpy()
    kept = running & (involved | listed)
    selected: pd.DataFrame = frame.loc[kept].reset_index(drop=True)
    return selected


def _dyads(world: World, trajectory: Trajectory) -> pd.DataFrame:
    """Pairs of states that share a treaty in any month of the run."""
    months = months_of(world, trajectory)
    frames = []
    for a, b, together in shared(trajectory):
        depth = trajectory["depth"] * together
        frames.append(
            pd.DataFrame(
                {
                    "month": months,
                    "a": world.states[a],
                    "b": world.states[b],
                    "index": dyad_index(list(depth.T)),
                    "layers": together.sum(axis=1),
                    "top_rung": (trajectory["rung"] * together).max(axis=1),
                    "top_obligation": (trajectory["obligation"] * together).max(axis=1),
                }
            )
        )
    columns = list(TABLES["dyads"].columns(world.mechanisms))
    if not frames:
        return pd.DataFrame(columns=columns)
    return pd.concat(frames).sort_values(["month", "a", "b"], kind="stable").reset_index(drop=True)


def shared(trajectory: Trajectory) -> Iterator[tuple[int, int, np.ndarray]]:
    """Every pair that ever shares a treaty, and where (months, treaties) it does."""
    member = trajectory["member"]
    states = member.shape[2] if member.size else 0
    for a in range(states):
        for b in range(a + 1, states):
            together = member[:, :, a] * member[:, :, b]
            if together.any():
                yield a, b, together


def _payments(world: World, trajectory: Trajectory) -> pd.DataFrame:
    """Flows of E11: each due is met by the gaining parties in proportion to their gain."""
    months = months_of(world, trajectory)
    received, paid = trajectory["received"], trajectory["paid"]
    rows = []
    for row, p in zip(*np.nonzero(received.sum(axis=2) > 0), strict=True):
        total = paid[row, p].sum()
        for payer in np.flatnonzero(paid[row, p]):
            for payee in np.flatnonzero(received[row, p]):
                amount = received[row, p, payee] * paid[row, p, payer] / total
                rows.append((months[row], world.treaties[p], world.states[payer], world.states[payee], amount))
    return pd.DataFrame(rows, columns=["month", "treaty", "payer", "payee", "amount"])


TABLES: dict[str, Table] = {
    "states": Table("a month and state", ("month", "state"), "s", _states),
    "perceptions": Table("a month, state and source", ("month", "state", "source"), "sk", _perceptions),
    "sources": Table("a month and source", ("month", "source"), "k", _sources),
    "treaties": Table(
        "a month and treaty; in force where status is 1, and elsewhere no treaty stands behind its zeros",
        ("month", "treaty", "members"), "t", _treaties,
    ),
    "parties": Table("a month, running treaty and party or candidate", ("month", "treaty", "state"), "ts", _parties),
    "dyads": Table(
        "a month and pair of states that ever shares a treaty",
        ("month", "a", "b", "index", "layers", "top_rung", "top_obligation"), "-", _dyads,
    ),
    "payments": Table("a month, treaty, payer and payee", ("month", "treaty", "payer", "payee", "amount"), "-", _payments),
    "events": Table("something that happened", (), "-", events),
}  # fmt: skip

"""Own mechanisms at every place: both engines agree to the last bit, and what no place can give is refused.

One set, in `tests/everywhere`, serves all worlds, and one test many of them, since the engine is compiled once for
each set, but by each process that comes to it before it is kept.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from entente import InputError, load_mechanism, load_scenario, run, simulate
from entente.engines.compiled.ensemble import trajectory
from entente.mechanisms import shipped
from entente.month.places import PLACES
from entente.schema.own import from_text
from entente.world.trajectory import quantities

from .worlds import START, busy_world, month_text

HERE = Path(__file__).parent / "everywhere"
NAMES = ("edges", "everywhere", "idle", "quiet")
MECHANISMS = [load_mechanism(HERE / f"{name}.py") for name in NAMES]
TOGETHER = (
    ("everywhere",),
    ("everywhere", "quiet"),
    ("edges",),
    ("edges", "everywhere", "idle"),
    ("idle",),
    ("everywhere", "idle", "quiet"),
)
"""What is switched on in one world or another."""


def own_world(seed: int, months: int, on: tuple[str, ...], acts: bool = True) -> dict[str, Any]:
    """A busy world with numbers and articles of the set; where `acts`, some of it is set while it runs."""
    rng = np.random.default_rng(seed)
    world = busy_world(rng, months)

    def share(low: float = 0.0) -> float:
        return float(rng.uniform(low, 1.0))

    def perhaps() -> bool:
        return bool(rng.integers(2))

    world["mechanisms"] = {name: {"file": str(HERE / f"{name}.py")} for name in NAMES}
    world["switches"] |= {name: name in on for name in NAMES}
    world["behaviour"] |= {name: share() for name in ("zeal", "caution", "grumble", "briskness")}
    for state in world["states"].values():
        # At 0 a term that stands `only_where` it is not 0 must vanish for one party and not for the next.
        state["temper"] = share() if rng.integers(4) else 0.0
    for source in world["sources"].values():
        source["menace"] = share()
    ids = list(world["treaties"])
    for id_, treaty in world["treaties"].items():
        treaty |= {"esteem": share(), "bond": {state: share() for state in world["states"] if perhaps()}}
        others = [other for other in ids if other != id_]
        articles: dict[str, dict[str, Any]] = {rule: {} for rule in ("pledge", "gift", "shield", "reach")}
        articles |= {rule: {"towards": str(rng.choice(others))} for rule in ("bridge", "ferry") if others}
        for rule, more in articles.items():
            if rule in ("shield", "reach") and perhaps():
                more["sources"] = {"alpha": share(), "gamma": share()}
            if perhaps():
                treaty["articles"][rule] = {"rule": rule, "strength": share(), "on": perhaps(), **more}
    paths: tuple[tuple[str, Any], ...] = (
        ("switches.everywhere", perhaps()), ("switches.everywhere", True), ("switches.quiet", perhaps()),
        ("switches.quiet", perhaps()), ("switches.idle", perhaps()), ("behaviour.zeal", share()),
        ("behaviour.briskness", 0.0), ("institution.exchange_need", share(0.1)), ("states.AAA.temper", 0.0),
        (f"treaties.{ids[0]}.esteem", share()), ("sources.beta.menace", share()),
    )  # fmt: skip
    for n, (path, value) in enumerate(paths):
        if acts and perhaps():
            month = month_text(START + int(rng.integers(months)))
            world["interventions"][f"own{n}"] = {"kind": "set", "month": month, "path": path, "value": value}
    return world


def assert_same(world: Any, seed: int, replicate: int = 0) -> None:
    """Both engines give the same numbers, to the last bit."""
    done = run(world, seed, replicate=replicate)
    ours = trajectory(done.world, seed, replicate)
    assert (
        set(ours.arrays) == set(done.trajectory.arrays) > {"habit", "unrest", "dread", "unshared", "heard", "age"}
    )
    for name, values in ours.arrays.items():
        theirs = done.trajectory[name]
        differs = np.argwhere((values != theirs) & ~(np.isnan(values) & np.isnan(theirs)))
        assert not len(differs), f"world {seed}: {name}{differs[0].tolist()}"


# -- both engines --------------------------------------------------------------------------------


def test_the_set_adds_a_term_at_every_place_and_is_off_by_itself():
    assert {term.place for one in MECHANISMS for term in one.terms} == {
        name for name, place in PLACES.items() if not place.core
    }
    assert {name for name, place in PLACES.items() if place.core} <= {
        name for one in MECHANISMS for name in one.silenced
    }
    assert {memory.over for one in MECHANISMS for memory in one.memories} == {"s", "k", "t", "sk"}
    assert {sum_.over for one in MECHANISMS for sum_ in one.sums} == {"sources", "partners", "treaties"}
    assert {article.kind for one in MECHANISMS for article in one.articles} == {"plain", "covering", "towards"}
    assert not any(one.on for one in MECHANISMS)


def test_busy_worlds_are_the_same_in_both_engines():
    for seed in range(12):
        assert_same(own_world(seed, 80, TOGETHER[seed % len(TOGETHER)]), seed, replicate=seed % 2)


def test_every_mechanism_of_the_set_makes_a_difference():
    """A world that is the same with and without them would prove nothing."""
    world = own_world(1, 80, on=(), acts=False)
    plain = run(world, 1).trajectory
    for name in NAMES:
        acting = run(world, 1, changes={f"switches.{name}": True}).trajectory
        assert not np.array_equal(acting["mistrust"], plain["mistrust"]), name
    acting = run(world, 1, changes={f"switches.{name}": True for name in NAMES}).trajectory
    for name in ("habit", "unrest", "dread", "unshared", "heard", "age", "tally"):
        assert acting[name].any(), name
        assert not plain[name].any(), name


def test_a_row_among_others_is_the_run_that_it_is_alone():
    for seed in range(3):
        assert_rows_alone(seed)


def assert_rows_alone(seed: int, count: int = 9) -> None:
    """Each row of a mixed design gives all recorded numbers of its single run, to the last bit."""
    world = own_world(100 + seed, 60, on=("everywhere",))
    rng = np.random.default_rng(seed)
    treaty = next(iter(world["treaties"]))

    def some(high: float) -> np.ndarray:
        """Numbers that are 0 in about every other row, where what reads them is idle or out of scope."""
        return np.where(rng.random(count) < 0.45, 0.0, rng.uniform(0.0, high, count))

    switched = (
        *NAMES, "burden", "contagion", "held_perception", "hub_provision", "overlap", "payments", "ratchet",
        "security_dilemma", "support", "tethering",
    )  # fmt: skip
    rows = pd.DataFrame({f"switches.{name}": rng.random(count) < 0.6 for name in switched})
    rows["behaviour.zeal"] = rng.uniform(0.0, 1.0, count)
    rows["behaviour.briskness"] = some(0.5)
    rows["behaviour.contagion"] = some(0.2)
    rows["behaviour.overlap_use"] = some(0.5)
    rows["institution.free_need"] = rng.uniform(0.1, 1.0, count)
    rows["states.AAA.temper"] = some(1.0)
    rows[f"treaties.{treaty}.esteem"] = rng.uniform(0.0, 1.0, count)
    rows[f"treaties.{treaty}.scope.alpha"] = some(1.0)

    held = run(world, seed).world
    ids = {"s": held.states, "k": held.sources, "t": held.treaties}
    things = {
        f"{name}:{'/'.join(ids_)}": (
            name,
            tuple(ids[over].index(i) for over, i in zip(told.over, ids_, strict=True)),
        )
        for name, told in quantities(held.mechanisms).items()
        for ids_ in product(*(ids[over] for over in told.over))
    }
    # Their months of the record: December of the third year, and the last.
    months = {f"@{START // 12 + 2}": 35, "": 59}
    asked = [f"{thing}{when}" for thing in things for when in months]
    done = simulate(world, replicates=1, seed=seed, parameters=rows, outcomes=asked)
    assert done.failed.empty
    assert len(done.outcomes) == count
    for point in range(count):
        changes = {path: value.item() for path, value in rows.iloc[point].items()}
        alone = run(world, seed, changes=changes).trajectory
        row = done.outcomes.query("point == @point").iloc[0]
        for (thing, (name, at)), (when, month) in product(things.items(), months.items()):
            np.testing.assert_array_equal(
                row[thing + when], alone[name][(month, *at)], f"design {seed}, row {point}: {thing}{when}"
            )


# -- names that functions of the model have too ----------------------------------------------------


@pytest.mark.parametrize("name", ["quarrels", "help_owed"])
def test_a_function_named_as_one_of_the_model_does_not_stand_for_it(name):
    text = (HERE / "edges.py").read_text(encoding="utf-8")
    assert name in {function.__name__ for one in shipped().all for function in one.functions}
    assert f"def {name}(" in text
    changes = {"months": 60, "switches.edges": True}
    same, other = (
        run(load_scenario("memo-2001", changes, [from_text(held, "edges.py")]), 2).trajectory
        for held in (text, text.replace(name, "like_no_other"))
    )
    for quantity, values in same.arrays.items():
        assert np.array_equal(values, other[quantity], equal_nan=True), quantity


# -- what cannot be asked ------------------------------------------------------------------------

HEAD = '''"""One."""
from entente.month.mechanism import Mechanism

one = Mechanism("one", "One.")
'''


def term(place: str, words: str = "", more: str = "") -> str:
    """A function `asked` at a place, which reads some words."""
    body = " + ".join(words.split(", ")) if words else "1.0"
    return f'\n\n@one.adds_to("{place}"{more})\ndef asked({words}):\n    """`x`."""\n    return {body}\n'


def total(over: str, word: str, name: str = "total") -> str:
    """A sum of one word."""
    return f'\n\n@one.sum_over("{over}")\ndef {name}({word}):\n    """`x`."""\n    return {word}\n'


NEED = 'one.constant("enough", 0.5, "A need.", low=0.1, high=1, unit="depth")\n'
REFUSED = {
    "sum in a term of help": (
        total("treaties", "other_depth") + term("help", "total"),
        "one: asked: total is a sum over treaties of a party, and cannot be named at help",
    ),
    "sum over partners where they are unknown": (
        total("partners", "partner_share") + term("price", "total"),
        "one: asked: total is a sum over partners, and who they are is not known at price",
    ),
    "sum over treaties for a state": (
        total("treaties", "other_depth") + term("offer", "total"),
        "one: asked: total is a sum over treaties of a party, and cannot be named at offer",
    ),
    "sum over sources elsewhere": (
        NEED + total("sources", "own_threat") + term("free_benefit", "total", ', need="enough"'),
        "one: asked: total is a sum over sources, known at linear, curvature, common_benefit, common_worth, saving only, "
        "not at free_benefit",
    ),
    "sum in a memory": (
        total("sources", "own_threat")
        + term("linear", "total")
        + '\n\n@one.remembers("kept", over="state")\ndef kept_next(total):\n    """`x`."""\n    return total\n',
        "one: kept: a memory can name no sum, such as total",
    ),
    "two underscores": (
        term("linear", "depth").replace("asked", "asked__twice"),
        "one: 'asked__twice': two underscores part a mechanism from its function",
    ),
    "term at a place of the core": (term("ladder"), "one: asked: ladder is there to be silenced only"),
    "term at another place of the core": (term("signing"), "one: asked: signing is there to be silenced only"),
    "noise of another mechanism": (
        term("mistrust", "drift_noise"),
        "one: asked: drift_noise is noise of ratchet; a mechanism hears its own only",
    ),
    "number of other things": (
        'one.of_source("spice", 0.5, "Spice.", low=0, high=1, unit="1")\n'
        + term("mistrust", "depth", ', only_where="spice"'),
        "one: asked: 'spice' is not declared for mistrust",
    ),
    "label of two streams": (
        'one.noise("first", over="state", label="chance")\none.noise("second", over="state", label="chance")\n'
        + term("west", "first, second"),
        "one: chance: labels two streams, which would be the same noise",
    ),
    "name that engines keep": (
        'one.article("talk", into="benefit", effect="Talk.")\n' + term("linear", "depth"),
        "one: benefit: is kept by the engines for something else; take another name",
    ),
    "provider before benefits are weighed": (
        term("restraint", "provider_contribution"),
        "one: asked: provider_contribution is known where a treaty is weighed only, not at restraint",
    ),
} | {
    f"silence at {place}": (
        f'one.silences("{place}")\n' + term("linear", "depth"),
        f"one: {place} cannot be silenced; silence what is made of it, such as benefit",
    )
    for place in ("help", "kinship", "free_benefit")
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_asked_is_refused_in_one_sentence(what):
    text, sentence = REFUSED[what]
    with pytest.raises(InputError) as told:
        load_scenario("memo-2001", mechanisms=[from_text(HEAD + text, "one.py")])
    assert sentence in str(told.value)
    assert "\n" not in str(told.value)

"""The compiled engine gives the interactive engine's numbers, to the last bit."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entente import InputError, load_scenario, run, simulate
from entente.engines.compiled import month
from entente.engines.compiled.compiled import SOURCES, cache_folder, code_digest, is_kept
from entente.engines.compiled.ensemble import trajectory
from entente.mechanisms import shipped
from entente.schema.base import month_text
from entente.schema.load import scenario_names
from entente.schema.treaty import RULES
from entente.world.rows import lots

from .sources import ROOT, copy_sources
from .worlds import START, busy_world, scenarios


def assert_same(world, seed, replicate=0):
    done = run(world, seed, replicate=replicate)
    ours = trajectory(done.world, seed, replicate)
    for name, values in ours.arrays.items():
        theirs = done.trajectory[name]
        differs = np.argwhere(values != theirs)
        assert not len(differs), (
            f"{name}{differs[0].tolist()}: {values[tuple(differs[0])]!r}, {theirs[tuple(differs[0])]!r}"
        )


@pytest.mark.parity
@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_is_the_same_in_both_engines(name):
    assert_same(name, seed=2, replicate=1)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(scenarios(), st.integers(0, 2**31))
def test_random_worlds_are_the_same(world, seed):
    assert_same(world, seed)


def test_busy_worlds_are_the_same_and_meet_every_mechanism():
    met: Counter[str] = Counter()
    for seed in range(60):
        world = busy_world(np.random.default_rng(seed))
        assert_same(world, seed)
        for treaty in world["treaties"].values():
            met[treaty["decision"]] += 1
            met["hub"] += "hub" in treaty
            met["succession"] += "succeeds" in treaty
            met.update(article["rule"] for article in treaty["articles"].values() if article["on"])
        met.update(act["kind"] for act in world["interventions"].values())
        met[world["powers"]["OUT"]["policy"]] += 1
        met.update(switch for switch, on in world["switches"].items() if on)
        met.update(f"event: {kind}" for kind in run(world, seed).events["kind"])
    expected = {
        *RULES, "unanimity", "majority", "lead", "hub", "succession", "none", "fixed", "responsive",
        "shock", "rumour", "weakness", "rift", "offer", "concession", "set", "entry", "exit", "article",
        "ratchet", "hub_provision", "held_perception", "solidarity", "tethering", "security_dilemma",
    }  # fmt: skip
    events = (
        "signing", "end", "rung up", "rung down", "rung blocked", "obligation", "entry", "exit", "renewal",
        "consultation", "payment", "shock", "relief", "rumour", "weakness", "rift", "reconciliation", "offer", "acceptance",
    )  # fmt: skip
    expected |= {f"event: {kind}" for kind in events}
    never = sorted(name for name in expected if not met[name])
    assert not never, f"never met: {never}"


def test_a_world_of_two_hundred_states_is_the_same():
    place = {"longitude": 0, "latitude": 0}
    states = {
        f"S{n:03d}": {"name": f"S{n}", "place": place, "capability": 0.001 * (n % 7 + 1), "exposure": {"x": 0.5},
                      "contribution": {"x": 0.1 * (n % 5)}}
        for n in range(200)
    }  # fmt: skip
    world = {
        "name": "many", "start": "2000-01", "months": 6, "states": states,
        "sources": {"x": {"name": "x", "origin": "Elsewhere", "base": 0.5, "need": 0.9}},
        "treaties": {"all": {"name": "all", "parties": dict.fromkeys(states, True), "signed": "2000-01",
                             "obligation": 1, "scope": {"x": 1}}},
    }  # fmt: skip
    assert_same(world, 0)


def test_phases_have_the_same_names_and_order():
    from entente.engines.interactive.alliance import PHASES

    body = Path(month.__file__).read_text().split("def _run")[1].split("@kernel")[0]
    assert re.findall(r"^        (?:    )?_?(\w+)\(", body, re.M) == list(PHASES)


@pytest.mark.parametrize(("values", "words"), [([3.0, 4.0], "behaviour.rise"), ([], "no rows")])
def test_rows_of_which_none_can_run_are_told_in_a_sentence(values, words):
    with pytest.raises(InputError, match=words):
        simulate("memo-2001", parameters={"behaviour.rise": values}, months=3)


def test_rows_stand_side_by_side_and_change_nothing_for_each_other():
    """A row among others, in any block, is the run that it is alone; noise belongs to the replicate."""
    values = {"behaviour.rise": [0.2, 0.3, 0.5], "switches.contagion": [True, False, True],
              "treaties.rus-chn-2001.articles.consultation.on": [True, True, False],
              "sources.militancy.rate": [0.8, 0.1, 2.0], "sources.nato.need": [1.0, 0.2, 0.6]}  # fmt: skip
    window = "perception:RUS/nato@max:2003-08..2005-07"
    outcomes = ["depth:rus-chn-2001", "rung:tashkent@max", "dyad:CHN-RUS@2010", "perception:RUS/nato@mean", window]
    together = simulate("memo-2001", replicates=2, seed=5, parameters=pd.DataFrame(values), outcomes=outcomes)
    for point in range(3):
        changes = {path: row[point] for path, row in values.items()}
        for replicate in range(2):
            alone = run("memo-2001", 5, replicate=replicate, changes=changes)
            row = together.outcomes.query("point == @point and replicate == @replicate").iloc[0]
            t, w = alone.trajectory, alone.world
            assert row["depth:rus-chn-2001"] == t["depth"][-1, w.treaties.index("rus-chn-2001")]
            assert row["rung:tashkent@max"] == t["rung"][:, w.treaties.index("tashkent")].max()
            index = alone.dyads.query("month == '2010-12' and a == 'CHN' and b == 'RUS'")["index"]
            assert row["dyad:CHN-RUS@2010"] == index.iloc[0]
            felt = alone.perceptions.query("state == 'RUS' and source == 'nato'")["perception"]
            assert row["perception:RUS/nato@mean"] == pytest.approx(felt.mean(), rel=1e-12)
            assert row[window] == felt[24:48].max()


def test_a_path_that_shapes_the_world_makes_a_lot_of_its_own():
    design = pd.DataFrame({"months": [12, 24, 12], "behaviour.rise": [0.2, 0.3, 0.4]})
    found, failures = lots(load_scenario("memo-2001"), design, None)
    assert [lot.points.tolist() for lot in found] == [[0, 2], [1]]
    assert [lot.world.steps - lot.world.opens for lot in found] == [12, 24]
    assert not failures


def test_impossible_rows_fail_alone_and_say_why():
    values = pd.DataFrame({"behaviour.rise": [0.3, 7.0, 0.4], "treaties.tashkent.obligation": [4, 4, 2.5]})
    done = simulate("memo-2001", parameters=values, months=3)
    assert done.outcomes["point"].tolist() == [0]
    assert done.failed["point"].tolist() == [1, 2]
    assert "behaviour.rise" in done.failed["message"][0]
    assert "whole number" in done.failed["message"][1]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("depht:tashkent", "did you mean depth"),
        ("depth:tashkant", "did you mean tashkent"),
        ("depth", "must have the form depth:TREATY"),
        ("depth:tashkent@1950", "@1950"),
        ("depth:tashkent@last:2002..2003", "max of a window"),
        ("depth:tashkent@max:2003..2002", "max of a window"),
        ("depth:tashkent@max:2002", "max of a window"),
        ("depth:tashkent@max:2002..2003..2004", "max of a window"),
        ("depth:tashkent@2002..2003", "max of a window"),
        ("dyad:RUS", "dyad:STATE-STATE"),
    ],
)
def test_an_outcome_that_is_none_is_told_in_a_sentence(name, part):
    with pytest.raises(InputError, match=re.escape(part)):
        simulate("memo-2001", outcomes=[name])


def test_series_are_kept_when_asked():
    done = simulate("memo-2001", replicates=2, outcomes=["depth:tashkent"], months=30, keep="yearly")
    assert done.trajectories["month"].tolist() == ["2001-12", "2002-12", "2003-12"] * 2


def plain(home: Path, code: str, **environment: str) -> str:
    """Run code on a copy of the sources, without compilation unless `environment` says otherwise."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(home), **environment},
        cwd=home,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


TWO_ENGINES = """
from entente import run
from entente.engines.compiled.ensemble import trajectory
from entente.engines.compiled.compiled import code_digest
done = run("record-1992", 3, months=12)
ours = trajectory(done.world, 3)
same = all((ours[q] == done.trajectory[q]).all() for q in ours.arrays)
print(same, repr(float(done.trajectory["perception"].sum())), code_digest())
"""


SMALLEST = """
from entente import run
from entente.engines.compiled.ensemble import trajectory
place = {"longitude": 0.0, "latitude": 0.0}
states = {name: {"name": name, "place": place, "capability": 0.1} for name in "AB"}
world = {"name": "small", "start": "2000-01", "months": 4, "states": states}
pact = {"name": "p", "parties": dict.fromkeys(states, True), "signed": "2000-02", "obligation": 1, "rung": 2}
source = {"name": "s", "origin": "Elsewhere", "base": 0.5, "need": 0.4}
same = []
for more in ({}, {"treaties": {"p": pact}}, {"sources": {"s": source}}):
    done = run(world | more, 3)
    ours = trajectory(done.world, 3)
    same += [bool((ours[q] == done.trajectory[q]).all()) for q in ours.arrays]
print(all(same))
"""


@pytest.mark.parametrize("switch", ["0", "1"])
def test_worlds_without_treaties_sources_or_powers_run_compiled_or_not(switch):
    assert plain(ROOT, SMALLEST, NUMBA_DISABLE_JIT=switch) == "True"


@pytest.fixture
def copy(tmp_path):
    copy_sources(tmp_path)
    return tmp_path


def test_an_edited_equation_moves_both_engines_and_the_digest(copy):
    before = plain(copy, TWO_ENGINES).split()
    assert before[0] == "True"
    assert before[2] == code_digest()
    file = copy / "entente" / "agents" / "perception.py"
    text = file.read_text()
    assert "return exposure * intensity + event + rumour" in text
    file.write_text(
        text.replace("return exposure * intensity + event", "return exposure * intensity * 0.5 + event")
    )
    after = plain(copy, TWO_ENGINES).split()
    assert after[0] == "True", "both engines moved together"
    assert after[1] != before[1]
    assert after[2] != before[2]


def test_the_digest_covers_all_that_the_numbers_import(copy):
    """Whatever the compiled engine imports of ours is under the digest, or makes no numbers."""
    code = (
        "import sys, entente.engines.compiled.ensemble\n"
        "print(*sorted(name for name in sys.modules if name.partition('.')[0] == 'entente'))"
    )
    imported = plain(copy, code).split()
    covered = tuple("entente." + source.removesuffix(".py").replace("/", ".") for source in SOURCES)
    loose = [name for name in imported if not any(name == c or name.startswith(c + ".") for c in covered)]
    assert loose == ["entente", "entente.engines"]


def test_without_a_folder_to_write_nothing_is_kept(monkeypatch):
    monkeypatch.setenv("ENTENTE_CACHE", "/proc/nowhere")
    assert cache_folder() is None
    assert not is_kept(shipped())


def test_outcomes_are_looked_up_in_each_world():
    """A treaty taken out moves the places of the others; what is measured stays the same treaty."""
    design = {"treaties.shanghai-2001.enabled": [True, False], "treaties.rus-kaz.enabled": [True, False]}
    done = simulate("memo-2001", seed=3, months=12, parameters=design, outcomes=["depth:tashkent"])
    for point in range(2):
        alone = run("memo-2001", 3, months=12, changes={path: values[point] for path, values in design.items()})
        depth = alone.trajectory["depth"][-1, alone.world.treaties.index("tashkent")]
        assert done.outcomes["depth:tashkent"][point] == depth
    gone = simulate("memo-2001", months=2, parameters=design, outcomes=["depth:shanghai-2001"])
    assert gone.failed["point"].tolist() == [1]
    assert "shanghai-2001" in gone.failed["message"][0]


def test_what_is_switched_on_and_off_in_mid_run_is_the_same():
    """What a block skips (noise, help, sources that concern nobody) is skipped no longer than it is 0."""
    for seed in range(24):
        rng = np.random.default_rng(seed)
        world = busy_world(rng, months=60)
        world["behaviour"] |= {"sigma": 0.0, "overlap_use": 0.0}
        for source in world["sources"].values():
            source["rate"] = 0.0
        state, source = (str(rng.choice(sorted(world[what]))) for what in ("states", "sources"))
        world["states"][state]["exposure"] = dict.fromkeys(world["sources"], 0.0)
        world["states"][state]["contribution"] = dict.fromkeys(world["sources"], 0.4)
        treaty = str(rng.choice(sorted(world["treaties"])))
        settings = {
            "behaviour.sigma": 0.05, "behaviour.overlap_use": 0.5, f"sources.{source}.rate": 6.0,
            f"sources.{source}.base": 0.7, f"sources.{source}.need": 0.1, f"states.{state}.exposure.{source}": 0.9,
            f"states.{state}.contribution.{source}": 0.0, f"states.{state}.provision": 0.5,
            f"treaties.{treaty}.mistrust": 0.9, "switches.ratchet": True, "switches.held_perception": True,
            "switches.hub_provision": True, "switches.solidarity": True, "switches.tethering": True,
            "switches.noise": False, "switches.arrivals": False,
        }  # fmt: skip
        for number, path in enumerate(rng.choice(sorted(settings), 8, replace=False)):
            # The first in the first month: the world sets out before it.
            at = int(rng.integers(60)) if number else 0
            act = {"kind": "set", "month": month_text(START + at), "path": str(path), "value": settings[str(path)]}
            world["interventions"][f"set{number}"] = act
        assert_same(world, seed)


def test_what_the_calendar_makes_nothing_in_the_first_month_is_nothing():
    """The world sets out with what the scenario says, and each of these is 0 from its first month on."""
    for seed in range(6):
        rng = np.random.default_rng(seed)
        world = busy_world(rng, months=40)
        source, treaty = (str(rng.choice(sorted(world[what]))) for what in ("sources", "treaties"))
        paths = [f"treaties.{treaty}.scope.{source}"]
        for state in world["states"].values():
            state |= {
                "exposure": dict.fromkeys(world["sources"], 0.5),
                "contribution": dict.fromkeys(world["sources"], 0.5),
            }
        for state in world["states"]:
            paths += [f"states.{state}.exposure.{source}", f"states.{state}.contribution.{source}"]
        world["treaties"][treaty]["scope"] = dict.fromkeys(world["sources"], 0.5)
        for number, path in enumerate(paths):
            act = {"kind": "set", "month": month_text(START), "path": path, "value": 0.0}
            world["interventions"][f"nothing{number}"] = act
        assert_same(world, seed)


@pytest.mark.parametrize("name", ["nato-like", "common-core"])
def test_outcomes_alone_are_those_of_the_whole_record_where_the_top_rung_is_near(name):
    """What is worked out only where it can matter, the overlap of cores, is there whenever organs may leap to the top."""
    scenario = load_scenario(name, {"behaviour.politics": 0.15, "months": 120})
    found = simulate(scenario, replicates=3, seed=3).outcomes
    for replicate in range(3):
        done = run(scenario, 3, replicate=replicate)
        for p, treaty in enumerate(done.world.treaties):
            for what in ("rung", "depth"):
                assert found[f"{what}:{treaty}"][replicate] == done.trajectory[what][-1, p], (treaty, what)

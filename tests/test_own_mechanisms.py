"""A user's own mechanisms work like ours: in both engines, in every study, on the page, on a cluster, and back from disk.

One set of them, in `tests/own`, serves most tests, since the engine is compiled once for each set.
"""

from __future__ import annotations

import copy
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entente import (
    InputError,
    compare,
    decompose,
    evaluate_claims,
    hindcast,
    landscape,
    load_mechanism,
    load_run,
    load_scenario,
    paired,
    parameter_sets,
    run,
    sensitivity,
    simulate,
    threshold,
)  # fmt: skip
from entente.analysis.sensitivity_report import report_html
from entente.analysis.signs import signs
from entente.analysis.statements import statements
from entente.cli import main
from entente.engines.compiled.ensemble import trajectory
from entente.engines.compiled.layout import _CORE_STATE, _NUMBERS
from entente.engines.contract import check_contract
from entente.experiments.batch import run_batch
from entente.experiments.design import load_study
from entente.experiments.groups import declared_group, moved
from entente.experiments.plan import make_batch
from entente.experiments.prior import prior_draws, prior_ranges
from entente.mechanisms import shipped
from entente.month.declare import bounds, declared
from entente.month.mechanism import Mechanism
from entente.month.words import GIVEN, KEPT, WORDS
from entente.page.details import details
from entente.page.dials import dials
from entente.page.files import opened_scenario, session_file
from entente.page.levers import setting
from entente.page.live import AT_START
from entente.page.session import Session, session_at_start
from entente.page.teller import Teller
from entente.schema.load import parse_scenario
from entente.schema.scenario import own_digests
from entente.schema.yaml12 import parse_yaml
from entente.telling.codebook import json_schema, parameter_table, switch_table
from entente.telling.files import scenario_text
from entente.world.trajectory import CORE

from .test_bad_input import GOOD
from .test_batch import contents, main_ends
from .worlds import START, busy_world, month_text, scenarios

HERE = Path(__file__).parent / "own"
OWN = str(HERE / "own.yaml")
NAMES = ("credit", "grudge", "habit", "leaders", "prestige")
MECHANISMS = [load_mechanism(HERE / f"{name}.py") for name in NAMES]
PARAMETERS = ("honour", "turnover", "fresh", "credit_value", "habit_share", "rancour", "forgetting")
TREATY = "rus-chn-2001"


def assert_same(world: Any, seed: int, replicate: int = 0) -> Any:
    """Both engines give the same numbers, to the last bit."""
    done = run(world, seed, replicate=replicate)
    ours = trajectory(done.world, seed, replicate)
    assert {"resentment", "lonely_fear"} <= set(ours.arrays)
    for name, values in ours.arrays.items():
        differs = np.argwhere(values != done.trajectory[name])
        assert not len(differs), f"{name}{differs[0].tolist()}"
    return done


def with_own(world: dict[str, Any], draw: Any) -> dict[str, Any]:
    """A world in which the mechanisms act, with numbers, articles, switches and interventions of theirs.

    `draw(low, high)` gives a number.
    """
    world = copy.deepcopy(world)
    world["mechanisms"] = {name: {"file": str(HERE / f"{name}.py")} for name in NAMES}
    fields = type(load_scenario(OWN).behaviour).model_fields
    for name in PARAMETERS:
        world["behaviour"][name] = draw(*(declared(fields[name], "prior") or bounds(fields[name])))
    world["switches"] |= {name: draw(0, 1) < 0.8 for name in NAMES}
    for state in world["states"].values():
        state["pride"] = draw(0, 2)
    for treaty in world["treaties"].values():
        treaty["credit"] = {state: draw(0, 1) for state in treaty["parties"]}
        if draw(0, 1) < 0.5:
            treaty["articles"]["court"] = {"rule": "court", "strength": draw(0, 1)}
    at = [month_text(START + int(draw(0, world["months"] - 1))) for _ in range(3)]
    world["interventions"] |= {
        "own-switch": {"kind": "set", "month": at[0], "path": f"switches.{NAMES[int(draw(0, 4.99))]}", "value": draw(0, 1) < 0.5},
        "own-number": {"kind": "set", "month": at[1], "path": "behaviour.rancour", "value": draw(0, 1)},
        "own-pride": {"kind": "set", "month": at[2], "path": f"states.{next(iter(world['states']))}.pride", "value": draw(0, 2)},
    }  # fmt: skip
    return world


# -- both engines --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_own_mechanisms_are_the_same_in_both_engines(seed):
    done = assert_same(OWN, seed, replicate=seed % 2)
    with_none = run("memo-2001", seed, months=120, replicate=seed % 2)
    assert not np.array_equal(done.trajectory["depth"], with_none.trajectory["depth"])


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(scenarios(), st.integers(0, 2**31))
def test_random_worlds_with_own_mechanisms_are_the_same(world, seed):
    rng = np.random.default_rng(seed)
    assert_same(with_own(world, lambda low, high: float(rng.uniform(low, high))), seed)


def test_busy_worlds_with_own_mechanisms_are_the_same():
    met = dict.fromkeys(("resentment", "lonely_fear"), False)
    for seed in range(12):
        rng = np.random.default_rng(seed)
        world = with_own(busy_world(rng, 60), lambda low, high, rng=rng: float(rng.uniform(low, high)))
        done = assert_same(world, seed)
        for name in met:
            met[name] |= bool(done.trajectory[name].any())
    assert all(met.values())


def test_rows_that_switch_own_mechanisms_stand_side_by_side():
    """A row among others, with its own switches and numbers, is the run that it is alone."""
    rng = np.random.default_rng(3)
    rows = pd.DataFrame({f"switches.{name}": rng.random(20) < 0.6 for name in NAMES})
    rows["behaviour.honour"] = rng.uniform(0, 0.2, 20)
    rows["states.CHN.pride"] = rng.uniform(0, 2, 20)
    rows[f"treaties.{TREATY}.credit.RUS"] = rng.uniform(0, 1, 20)
    rows[f"treaties.{TREATY}.articles.court.on"] = rng.random(20) < 0.5
    asked = [f"depth:{TREATY}", "resentment:CHN@mean", f"lonely_fear:{TREATY}/RUS@2006", f"mistrust:{TREATY}"]
    done = simulate(OWN, replicates=2, seed=8, parameters=rows, outcomes=asked).outcomes
    for point in range(0, 20, 3):
        changes = {path: value.item() for path, value in rows.iloc[point].items()}
        alone = run(OWN, 8, replicate=1, changes=changes)
        row = done.query("point == @point and replicate == 1").iloc[0]
        p, i = alone.world.treaties.index(TREATY), alone.world.states.index("RUS")
        assert row[asked[0]] == alone.trajectory["depth"][-1, p]
        assert row[asked[3]] == alone.trajectory["mistrust"][-1, p]
        assert row[asked[1]] == pytest.approx(alone.states.query("state == 'CHN'")["resentment"].mean(), rel=1e-12)
        felt = alone.parties.query("treaty == @TREATY and state == 'RUS' and month == '2006-12'")["lonely_fear"]
        assert row[asked[2]] == felt.iloc[0] == alone.trajectory["lonely_fear"][64, p, i]


def test_interventions_set_switches_and_numbers_of_own_mechanisms():
    at = {"kind": "set", "month": "2004-01"}
    acts = {
        "interventions.off": at | {"path": "switches.leaders", "value": False},
        "interventions.more": at | {"path": "behaviour.honour", "value": 0.4},
        "interventions.grudge": at | {"month": "2005-01", "path": "switches.grudge", "value": False},
    }
    changed = assert_same(load_scenario(OWN, acts), 1)
    plain = run(OWN, 1)
    month = 29  # January 2004
    assert np.array_equal(changed.trajectory["depth"][:month], plain.trajectory["depth"][:month])
    assert not np.array_equal(changed.trajectory["depth"][month:], plain.trajectory["depth"][month:])
    assert not changed.trajectory["resentment"][41:].any()
    assert plain.trajectory["resentment"][41:].all()


def test_switched_off_they_are_as_if_they_were_not_there():
    off = run(OWN, 5, changes={f"switches.{name}": False for name in NAMES})
    without = run("memo-2001", 5, months=120)
    for name in CORE:
        assert np.array_equal(off.trajectory[name], without.trajectory[name]), name
    assert assert_same(off.scenario, 5)


def test_names_of_the_core_are_kept_from_mechanisms():
    """What no mechanism may be called holds all names under which an engine keeps numbers."""
    names = {name for groups in (_CORE_STATE, _NUMBERS) for group in groups.values() for name in group}
    assert names | set(CORE) <= KEPT | set(WORDS) | set(GIVEN) | {number.name for number in shipped().numbers}


# -- wherever a scenario is taken ------------------------------------------------------------------


def test_given_as_objects_they_are_those_of_the_file():
    given = load_scenario("memo-2001", mechanisms=MECHANISMS)
    named = load_scenario(OWN)
    assert given.of is named.of
    assert own_digests(given) == own_digests(named)
    assert type(given) is type(named)
    assert own_digests(load_scenario("memo-2001")) == {}
    # A scenario that is loaded brings them along; changes leave them.
    assert load_scenario(given, {"behaviour.honour": 0.3}).behaviour.honour == 0.3


def test_an_imported_mechanism_brings_the_text_of_its_file(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(HERE))
    import prestige as module

    named = {"name": "n", "extends": "memo-2001", "mechanisms": {"prestige": {"module": "prestige:prestige"}}}
    for scenario in (load_scenario("memo-2001", mechanisms=[module.prestige]), load_scenario(named)):
        assert scenario.mechanisms["prestige"].source == (HERE / "prestige.py").read_text()
        assert own_digests(scenario)["prestige"] == own_digests(load_scenario(OWN))["prestige"]


def test_one_made_in_a_program_acts_and_its_changes_are_seen():
    quiet, loud, louder = (run("memo-2001", 0, months=40, mechanisms=own) for own in ([], [_LOUD], [_LOUDER]))
    depths = [done.trajectory["depth"].sum() for done in (quiet, loud, louder)]
    assert len(set(depths)) == 3
    assert own_digests(loud.scenario) != own_digests(louder.scenario)
    again = pickle.loads(pickle.dumps(loud.scenario))
    assert again == loud.scenario
    text = scenario_text(loud.scenario).replace(own_digests(loud.scenario)["loud"], "a" * 64)
    with pytest.raises(InputError, match=r"mechanisms.loud: was given as an object of another process"):
        parse_scenario(text, "scenario.yaml")


def _loud(name: str, by: float) -> Mechanism:
    one = Mechanism("loud", "Everything is worth more.")
    one.parameter("volume", by, "How much.", low=0, high=2, unit="utility")
    one.adds_to("linear")(_worth_more)
    return one


def _worth_more(volume: float, independence: float) -> float:
    """`volume * independence`."""
    return volume * independence * FACTOR


FACTOR = 0.5
_LOUD, _LOUDER = _loud("loud", 0.1), _loud("loud", 0.3)


def test_mechanisms_act_in_whatever_takes_a_scenario():
    fewer = {"draws": 4, "seed": 1, "mechanisms": MECHANISMS}
    outcome = f"depth:{TREATY}"

    def differ(one: Any, other: Any) -> bool:
        return not np.array_equal(np.asarray(one, dtype=float), np.asarray(other, dtype=float))

    rows = {"behaviour.honour": [0.0, 0.5]}
    depth = simulate("memo-2001", parameters=rows, months=40, outcomes=[outcome], mechanisms=MECHANISMS).outcomes
    assert depth[outcome].nunique() == 2
    pair = paired(OWN, OWN, [outcome], pd.DataFrame({"behaviour.rancour": [0.0, 0.4]}), 2, mechanisms=MECHANISMS)
    assert pair.identical
    scored = hindcast(parameters="prior", **fewer)
    assert differ(scored.runs["model"], hindcast(parameters="prior", draws=4, seed=1).runs["model"])
    claims = evaluate_claims(only=["C34"], **fewer)
    assert {"behaviour.honour", "behaviour.rise"} <= set(claims.draws)
    assert differ(claims.effects, evaluate_claims(4, ["C34"], seed=1).effects)
    assert landscape(parameters="prior", **fewer)["draws"] == 4
    sign = [statement for statement in statements() if statement.scenario == "memo-2001"][:1]
    assert differ(
        signs(8, 1, chosen=sign, mechanisms=MECHANISMS)[["effect"]], signs(8, 1, chosen=sign)[["effect"]]
    )


def test_a_comparison_draws_each_parameter_for_the_world_that_has_it():
    own = compare("memo-2001", OWN, outcomes=[f"depth:{TREATY}"], parameters="prior", draws=6, months=40)
    assert not len(own.failed)
    assert not own.identical
    # The same draws for what both have: only the mechanisms differ.
    off = compare(
        "memo-2001",
        OWN,
        changes={f"switches.{name}": False for name in NAMES},
        parameters="prior",
        draws=6,
        months=40,
    )
    assert set(off.effects.loc[off.effects["outcome"].isin([f"depth:{TREATY}"]), "verdict"]) == {"identical"}
    told = compare(OWN, changes={"switches.prestige": False}, outcomes=[f"lonely_fear:{TREATY}/RUS"], months=40)
    assert told.differing == (f"lonely_fear:{TREATY}/RUS",)


def test_a_question_moves_a_number_of_an_own_mechanism(tmp_path):
    question = tmp_path / "question.yaml"
    question.write_text(
        f"name: honour\nscenario: {OWN}\nlevers: {{behaviour.honour: [0, 1]}}\noutcome: depth:{TREATY}\n"
        "above: 0.4\nby: 2008\nparameters: prior\ndraws: 4\nreplicates: 2\nsteps: 3\ntolerance: .2\n"
    )
    with pytest.raises(InputError, match=r"behaviour.honour: is drawn with the parameters"):
        threshold(str(question))
    assert threshold(str(question), parameters="default").answers[0].verdict != "no effect"


# -- priors ---------------------------------------------------------------------------------------


def test_a_parameter_is_drawn_from_seed_and_path_alone():
    own, plain = load_scenario(OWN), load_scenario("memo-2001")
    with_own_, without = prior_draws(50, 7, own), prior_draws(50, 7)
    assert set(with_own_) - set(without) == {f"behaviour.{name}" for name in PARAMETERS if name != "forgetting"}
    pd.testing.assert_frame_equal(with_own_[without.columns], without)
    pd.testing.assert_frame_equal(prior_draws(50, 7, plain), without)
    pd.testing.assert_frame_equal(prior_draws(50, 7, plain, own), with_own_)
    assert not np.array_equal(prior_draws(50, 8)["behaviour.rise"], without["behaviour.rise"])


@pytest.mark.parametrize("draws", [1, 2, 37, 200])
def test_prior_draws_fill_each_range_evenly(draws):
    """One draw in each of so many equal parts of every range: a Latin hypercube."""
    table, ranges = prior_draws(draws, 3, load_scenario(OWN)), prior_ranges(load_scenario(OWN))
    assert list(table) == list(ranges)
    for path, (low, high) in ranges.items():
        parts = np.floor((table[path] - low) / (high - low) * draws)
        assert sorted(parts) == list(range(draws)), path
    if draws == 200:
        links = np.corrcoef(table.to_numpy(), rowvar=False)
        assert np.abs(links - np.eye(len(links))).max() < 0.3


def test_parameter_sets_of_a_scenario_hold_its_own():
    assert "behaviour.honour" in parameter_sets("prior", 3, 0, load_scenario(OWN))
    assert "behaviour.honour" not in parameter_sets("prior", 3, 0)


# -- studies ----------------------------------------------------------------------------------------

STUDY = f"""
name: own-study
scenario: own.yaml
months: 36
factors:
  behaviour.honour: {{uniform: [0, .2]}}
  behaviour.rancour: {{uniform: [0, .4]}}
  behaviour.turnover: {{uniform: [0, .05]}}
  behaviour.rise: {{uniform: [.2, .5]}}
  switches.prestige: {{list: [true, false]}}
design: {{kind: latin_hypercube, points: 128}}
replicates: 2
seed: 4
outcomes: [depth:{TREATY}, resentment:RUS, "lonely_fear:{TREATY}/CHN@mean"]
analysis: {{method: pawn, resamples: 20, slices: 4, signs: none}}
"""


@pytest.fixture
def home(tmp_path):
    """A folder with the scenario, its mechanisms and a study."""
    shutil.copytree(HERE, tmp_path / "home", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "home" / "study.yaml").write_text(STUDY)
    return tmp_path / "home"


def test_a_study_names_its_mechanisms_and_is_read_back_anywhere(home, tmp_path):
    study = str(home / "study.yaml")
    report = run_batch(make_batch(study, 64), tmp_path / "out", 2)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["mechanisms"] == own_digests(load_scenario(OWN))
    assert report["failed"] == 0
    (tmp_path / "out").rename(tmp_path / "moved")
    shutil.rmtree(home)
    code = f"from entente import load_run; r = load_run({str(tmp_path / 'moved')!r}); print(r.scenario.behaviour.honour, len(r.outcomes))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout.split() == ["0.1", "256"]
    main_ends(
        ["run", "--from", str(tmp_path / "moved"), "--point", "3", "--out", str(tmp_path / "one"), "--no-figures"]
    )
    assert json.loads((tmp_path / "one" / "manifest.json").read_text())["mechanisms"] == manifest["mechanisms"]


def test_a_study_whose_mechanism_has_changed_is_not_gone_on_with(home, tmp_path, capsys):
    study, out = str(home / "study.yaml"), str(tmp_path / "out")
    kept = contents(Path(run_batch(make_batch(study, 64), out, 2)["run_dir"]))
    with (home / "prestige.py").open("a") as file:
        file.write("\n# Another thought.\n")
    with pytest.raises(
        InputError, match=r"holds a study of another scenario and mechanisms; name another folder, or --fresh"
    ):
        run_batch(make_batch(study, 64), out, 2)
    assert contents(Path(out)) == kept


def test_plain_studies_and_runs_name_no_mechanisms(tmp_path):
    main_ends(["run", "memo-2001", "--months", "2", "--no-figures", "--out", str(tmp_path / "run")])
    assert "mechanisms" not in json.loads((tmp_path / "run" / "manifest.json").read_text())


def test_sensitivity_tells_own_parameters_in_their_groups(home, tmp_path):
    text = STUDY.replace("signs: none", "signs: none, groups: declared").replace(
        "kind: latin_hypercube, points: 128", "kind: morris, trajectories: 6"
    )
    (home / "study.yaml").write_text(text.replace("method: pawn", "method: morris"))
    study, scenario, _ = load_study(str(home / "study.yaml"))
    assert declared_group("behaviour.honour", scenario) == "bargaining"
    assert declared_group("behaviour.honour") == "other"
    assert moved(study) == ["bargaining", "commitment", "threat", "other", "dummy"]
    (home / "study.yaml").write_text(STUDY)
    found = sensitivity(str(home / "study.yaml"), tmp_path / "out", 2)
    assert {"behaviour.honour", "switches.prestige"} <= set(found.indices["parameter"])
    assert "Worth of a place beside the strongest." in report_html(found, {}, {"runs": 256})


def test_own_mechanisms_are_factors_of_a_decomposition(home, tmp_path):
    text = STUDY.split("factors:")[0] + (
        "factors:\n  switches.prestige: {list: [false, true]}\n  switches.grudge: {list: [false, true]}\n"
        f"design: {{kind: full_factorial, draws: 3}}\nreplicates: 2\noutcomes: [depth:{TREATY}]\n"
    )
    (home / "study.yaml").write_text(text)
    found = decompose(str(home / "study.yaml"), tmp_path / "out", 2)
    assert set(found.terms["term"]) >= {"switches.prestige", "switches.grudge"}
    assert "behaviour.honour" in make_batch(str(home / "study.yaml")).design


def test_a_study_with_own_mechanisms_on_a_cluster_is_that_of_one_machine(home, tmp_path):
    distributed = pytest.importorskip("distributed")
    study = str(home / "study.yaml")
    alone = run_batch(make_batch(study, 64), tmp_path / "alone", 2)
    batch = make_batch(study, 64)
    shutil.rmtree(home)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as workers:
        report = run_batch(batch, tmp_path / "out", scheduler=workers.scheduler_address)
    assert report["outcomes_sha256"] == alone["outcomes_sha256"]
    assert contents(tmp_path / "out") == contents(tmp_path / "alone")


SENT = """
import pickle, sys
scenario, mechanisms = pickle.load(sys.stdin.buffer)
from entente import run
from entente.schema.scenario import own_digests
from entente.schema.yaml12 import parse_yaml
one, two = run(scenario, 2, months=30), run("memo-2001", 2, months=3, mechanisms=mechanisms)
print(repr(float(one.trajectory["depth"].sum())), own_digests(two.scenario) == own_digests(scenario))
"""


def test_scenarios_and_mechanisms_go_to_other_processes(tmp_path):
    scenario = load_scenario(OWN)
    sent = pickle.dumps((scenario, MECHANISMS))
    done = subprocess.run([sys.executable, "-c", SENT], input=sent, capture_output=True, cwd=tmp_path, check=True)
    depth = run(scenario, 2, months=30).trajectory["depth"].sum()
    assert done.stdout.decode().split() == [repr(float(depth)), "True"]
    again = pickle.loads(sent)
    assert again[0] == scenario
    assert again[1] == MECHANISMS


# -- on the command line ------------------------------------------------------------------------------


def test_a_command_lets_a_mechanism_act(tmp_path, capsys):
    out = tmp_path / "run"
    files = [part for name in NAMES for part in ("--mechanism", str(HERE / f"{name}.py"))]
    main_ends(["run", "memo-2001", "--months", "5", "--set", "behaviour.honour=0.7", "--parameters", "prior", "--no-figures",
               "--json", "--out", str(out), *files])  # fmt: skip
    kept = load_run(out)
    assert kept.manifest["mechanisms"] == own_digests(load_scenario(OWN))
    assert kept.scenario.behaviour.honour == 0.7
    assert kept.scenario.behaviour.rancour == prior_draws(1, 0, kept.scenario)["behaviour.rancour"][0]
    assert "| `resentment` | utility | grudge that the state bears |" in (out / "codebook.md").read_text()
    assert kept.tables["states"]["resentment"].any()
    capsys.readouterr()
    main_ends(["compare", "memo-2001", "--set", "switches.prestige=false", "--months", "30", "--draws", "3", "--json",
               "--outcome", f"depth:{TREATY}", "--out", str(tmp_path / "compare"), *files])  # fmt: skip
    assert not json.loads(capsys.readouterr().out)["identical"]
    main_ends(["claims", "--only", "C34", "--draws", "3", "--json", *files])
    assert json.loads(capsys.readouterr().out)[0]["id"] == "C34"


def test_schema_and_tables_of_a_scenario_know_its_mechanisms(capsys):
    main_ends(["schema", OWN])
    schema = json.loads(capsys.readouterr().out)
    data = {"extends": "memo-2001", "behaviour": {"honour": 0.2}, "switches": {"prestige": False}}
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(data, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json.loads(json_schema()))
    own = load_scenario(OWN)
    assert "| `behaviour.honour` | h | utility | 0.05 | 0-0.1 |" in parameter_table(own)
    assert "`switches.prestige`" in switch_table(own)
    assert "honour" not in parameter_table() + switch_table()


def test_the_engine_says_for_which_mechanisms_it_is_compiled(tmp_path):
    """Compiled once for each set, told before it is waited for; the cache is one of its own."""
    code = (
        "import sys\nfrom entente import load_scenario\nfrom entente.engines.compiled.ensemble import prepare\n"
        "from entente.engines.compiled.compiled import is_kept\n"
        f"own = load_scenario({OWN!r})\nprint(is_kept(own.of))\n"
        "print(prepare(print, own) > 0, prepare(print, own), is_kept(own.of), is_kept(load_scenario().of))"
    )
    said = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path,
            env={**os.environ, "ENTENTE_CACHE": str(tmp_path / "cache")},
        )  # fmt: skip
        said.append(done.stdout.splitlines())
    names = ", ".join(NAMES)
    assert said[0][0] == "False"
    assert said[0][1].startswith(f"Compiling the engine with {names}, once for them and this version of the code;")
    assert said[0][-1] == "True 0.0 True False"
    assert said[1] == ["True", "False 0.0 True False"]


# -- on the page ----------------------------------------------------------------------------------------


def test_a_page_that_begins_with_own_mechanisms_shows_and_steers_them(monkeypatch):
    monkeypatch.setenv(AT_START, OWN)
    session = session_at_start()
    known = {dial.path: dial for dial in dials(session.base)}
    assert known["behaviour.honour"].unit == "utility"
    assert known["behaviour.honour"].group == "bargaining"
    assert known["switches.prestige"].is_switch
    assert {"behaviour.credit_value", "switches.grudge"} <= set(known)
    for _ in range(12):
        session.step()
    session.pull(partial(setting, "switches.prestige", False))
    session.pull(partial(setting, "behaviour.rancour", 1.0))
    for _ in range(12):
        session.step()
    assert not session.error
    assert session.tables("states")["states"]["resentment"].any()
    scene = session.scene()
    assert not np.array_equal(scene.trajectory["depth"], scene.twin["depth"])
    session.chosen = TREATY
    assert "A court of the parties settles grudges." in details(session.scene(), Teller(session))
    # What is taken away is the session, mechanisms and all, and runs anywhere.
    _, text = session_file(session.scenario, session.seed, 0, session.levers, session.date)
    again = run(parse_scenario(text, "session.yaml"), months=24)
    assert np.array_equal(again.trajectory["depth"], scene.trajectory["depth"][:24])
    with pytest.raises(InputError, match=r"own-session.yaml: mechanisms: a file opened here can bring none"):
        opened_scenario("own-session.yaml", text)


def test_a_scenario_opened_on_the_page_cannot_bring_programs(tmp_path):
    ran = tmp_path / "ran"
    evil = tmp_path / "evil.py"
    evil.write_text(f"open({str(ran)!r}, 'w')\n")
    for entry in (f"{{file: {evil}}}", f'{{source: "open({str(ran)!r}, chr(119))"}}', '{module: "this:s"}'):
        with pytest.raises(
            InputError, match=r"mechanisms: a file opened here can bring none, since they are programs"
        ):
            opened_scenario("evil.yaml", f"extends: memo-2001\nname: evil\nmechanisms:\n  evil: {entry}\n")
    assert not ran.exists()
    # A resolved scenario without any of its own says so, and opens.
    assert opened_scenario("plain.yaml", scenario_text(load_scenario("memo-2001"))).name == "memo-2001"
    scenario = tmp_path / "evil.yaml"
    scenario.write_text("extends: memo-2001\nname: evil\nmechanisms: {evil: {file: evil.py}}\n")
    session = Session()
    with pytest.raises(InputError, match=r"no scenario that can be chosen here"):
        session.choose(str(scenario))
    with pytest.raises(InputError, match=r"mechanisms.evil.source: which mechanisms there are"):
        session.set_parameter("mechanisms.evil.source", True)
    assert not ran.exists()


def test_a_page_tells_what_is_wrong_with_the_scenario_it_begins_with(monkeypatch):
    monkeypatch.setenv(AT_START, "no-such")
    session = session_at_start()
    assert session.error.startswith(f"{AT_START}: 'no-such': no scenario of that name")
    monkeypatch.setenv(AT_START, OWN)
    assert OWN in session_at_start().choices


# -- mistakes ----------------------------------------------------------------------------------------------

HEAD = "from entente.month.mechanism import Mechanism\n"
FINE = (
    HEAD
    + """
it = Mechanism("it", "It is so.")
it.parameter("much", 0.1, "How much.", low=0, high=1, unit="utility", symbol="h")


@it.adds_to("linear")
def worth(much, capability):
    "`much * c`."
    return much * capability
"""
)
FILES = {
    "a syntax error": (FINE.replace("return much *", "return much * *"), (r"it.py:10: cannot be read as a mechanism: SyntaxError",)),
    "an error": (FINE.replace("capability\n\n", "capability\n") + "1 / 0\n", (r"it.py:11: cannot be read as a mechanism: ZeroDivisionError: division by zero",)),
    "an exit": (FINE + "import sys; sys.exit(3)\n", (r"it.py:11: cannot be read as a mechanism: SystemExit: 3",)),
    "no mechanism": ("x = 1\n", (r"it.py: declares no mechanisms; a file declares one",)),
    "two mechanisms": (FINE + 'other = Mechanism("other", "Other.")\n', (r"it.py: declares 2 mechanisms \(it, other\); a file declares one",)),
    "another name": (FINE.replace('"it"', '"that"'), (r"declares the mechanism 'that'; call it so here",)),
    "an unknown word": (FINE.replace("capability", "capabilty"), (r"it.py:7: it: worth: 'capabilty' is no word at linear; did you mean capability\?",)),
    "an unknown place": (FINE.replace('"linear"', '"lineer"'), (r"it.py:7: it: worth: 'lineer' is no place of a month; did you mean linear\?",)),
    "a word of other things": (FINE.replace("capability", "partner_capability"), (r"it.py:7: it: worth: partner_capability is of a partner, and linear is about",)),
    "an unknown word of a memory": (FINE + '\n@it.remembers("held_back", over="state")\ndef next_one(held_back, ofer):\n    "`f`."\n    return held_back + ofer\n', (r"it.py:12: it: next_one: 'ofer' is no word at held_back; did you mean offer\?",)),
    "a parameter of another": (FINE.replace("much", "omega"), (r"it.py:4: it: omega: is declared by burden already; take another name",)),
    "a parameter of the core": (FINE.replace("much", "rise"), (r"it.py:4: it: rise: is a number of the core already",)),
    "a word as parameter": (FINE.replace("much", "depth"), (r"it.py:4: it: depth: is a word of the month already",)),
    "a name that is none": (FINE.replace("much", "Much"), (r"it.py:4: it: Much: must be a name of small letters",)),
    "a field of states": (FINE.replace("it.parameter", "it.of_state").replace("much", "hub").replace("of_state", "of_treaty"), (r"it.py:\d+: it: hub: is a number of treaties already",)),
    "no bounds": (FINE.replace("low=0, ", ""), (r"it.py:4: it: much: missing 1 required keyword-only argument: 'low'",)),
    "an unknown declaration": (FINE.replace("low=0", "lowest=0, low=0"), (r"it.py:\d+: it: much: got an unexpected keyword argument 'lowest'",)),
    "a default out of bounds": (FINE.replace("0.1", "1.5"), (r"it.py:\d+: it: much: default 1.5: must lie in 0..1",)),
    "a prior out of bounds": (FINE.replace("high=1", "high=1, prior=(0, 3)"), (r"it.py:\d+: it: much: prior 0 to 3: must rise within 0..1",)),
    "a default that is no number": (FINE.replace("0.1", "float('nan')"), (r"it.py:\d+: it: much: default nan: must be a finite number",)),
    "noise of nothing": (FINE + 'it.noise("luck", over="treatys")\n', (r"it.py:11: it: luck: noise of 'treatys': must be of a state, a source or a treaty",)),
    "noise of the core": (FINE + 'it.noise("arrival", over="source")\n', (r"it.py:\d+: it: arrival: is kept by the engines already",)),
    "a sum that cannot be recorded": (FINE + '\n@it.sum_over("partners", unit="1", meaning="m")\ndef other(partner_share):\n    "`s`."\n    return partner_share\n', (r"it.py:\d+: it: other: only sums over sources are recorded",)),
    "no return": (FINE.replace("return much * capability", "more = much * capability"), (r"it.py:7: it: worth: must end by returning a number",)),
    "a condition without a choice": (FINE.replace("much * capability", "much & capability"), (r"it.py:7: it: worth: much & capability: much is a number, not a comparison",)),
    "a choice for one run": (FINE.replace("much * capability", "much if capability > 0 else 0"), (r"it.py:7: it: worth: much if capability > 0 else 0: `if` chooses for one run",)),
    "two functions of a name": (FINE + '\n@it.adds_to("curvature")\ndef worth(much):\n    "`much`."\n    return much\n', (r"it.py:\d+: it: worth: two functions of this name",)),
}  # fmt: skip
ENTRIES = {
    "neither file nor module": ("{}", r"own.yaml:4: mechanisms.it: needs a file or a module"),
    "both": ('{file: it.py, module: "a:b"}', r"own.yaml:4: mechanisms.it: names a file and a module"),
    "an unknown key": ("{fiel: it.py}", r"own.yaml:4: mechanisms.it.fiel: unknown; did you mean file\?"),
    "no map": ("it.py", r"own.yaml:4: mechanisms.it: 'it.py': must be a map that names a file or a module"),
    "a number": ("{file: 7}", r"own.yaml:4: mechanisms.it.file: 7: must be text"),
    "a missing file": ("{file: gone.py}", r"own.yaml:4: mechanisms.it.file: .*gone.py: cannot be read: no such file or directory"),
    "a folder": ("{file: .}", r"own.yaml:4: mechanisms.it.file: .*: cannot be read: is a directory"),
    "a binary file": ("{file: bytes.py}", r"own.yaml:4: mechanisms.it.file: .*bytes.py: not a text file in UTF-8"),
    "a missing module": ('{module: "no_such_module:it"}', r"own.yaml:4: mechanisms.it: module: 'no_such_module': cannot be imported"),
    "nothing of a module": ('{module: "entente.mechanisms.stake:stak"}', r"mechanisms.it: module: 'stak' is no mechanism of entente.mechanisms.stake; did you mean stake\?"),
    "no address": ('{module: "entente.mechanisms.stake"}', r"mechanisms.it: module: 'entente.mechanisms.stake': must have the form module:name"),
    "a digest alone": ("{digest: abc}", r"own.yaml:4: mechanisms.it: was given as an object of another process"),
    "another digest": ("{file: it.py, digest: abc}", r"own.yaml:4: mechanisms.it: is not what it was: its digest is [0-9a-f]{12}, not abc"),
}  # fmt: skip


def written(
    folder: Path, entry: str = "{file: it.py}", text: str = FINE, more: str = "", name: str = "it"
) -> Path:
    """A scenario with one mechanism in a folder."""
    (folder / "it.py").write_text(text)
    (folder / "bytes.py").write_bytes(b"\xff\xfe\x00")
    lines = GOOD.splitlines()
    lines[3:3] = [f"mechanisms: {{{name}: {entry}}}"]
    (folder / "own.yaml").write_text("\n".join(lines) + "\n" + more)
    return folder / "own.yaml"


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one sentence of a command that is refused."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert len(told.strip().splitlines()) == 1, told
    return told


@pytest.mark.parametrize("what", FILES)
def test_a_mechanism_that_cannot_be_used_is_told_in_a_sentence(what, tmp_path, monkeypatch, capsys):
    text, (sentence,) = FILES[what]
    monkeypatch.chdir(tmp_path)
    told = refused(["run", str(written(tmp_path, text=text)), "--out", "out"], capsys)
    assert re.search(rf"^entente: .*own.yaml:4: mechanisms.it: {sentence}", told), told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bytes.py", "it.py", "own.yaml"]


def test_a_mechanism_takes_no_name_of_the_model(tmp_path, capsys):
    for name, words in (("stake", "another mechanism has this name"), ("noise", "a switch of the core")):
        file = written(tmp_path, text=FINE.replace('"it"', f'"{name}"'), name=name)
        told = refused(["run", str(file)], capsys)
        assert re.search(
            rf"own.yaml:4: mechanisms.{name}: it.py:3: {name}: {words}; a mechanism needs a name of its own", told
        )


@pytest.mark.parametrize("what", ENTRIES)
def test_an_entry_that_cannot_be_used_is_told_in_a_sentence(what, tmp_path, monkeypatch, capsys):
    entry, sentence = ENTRIES[what]
    monkeypatch.chdir(tmp_path)
    assert re.search(sentence, told := refused(["run", str(written(tmp_path, entry)), "--out", "out"], capsys)), (
        told
    )
    assert not (tmp_path / "out").exists()


def test_numbers_that_no_mechanism_declares_are_told(tmp_path, capsys):
    file = written(tmp_path, more="behaviour: {mcuh: .2}\n")
    assert re.search(
        r"own.yaml:14: behaviour.mcuh: unknown; did you mean behaviour.much\?", refused(["run", str(file)], capsys)
    )
    file = written(tmp_path, more="behaviour: {much: 2}\n")
    assert re.search(r"own.yaml:14: behaviour.much: 2: must be at most 1", refused(["run", str(file)], capsys))
    assert "switches.prestige: unknown" in refused(["run", "memo-2001", "--set", "switches.prestige=true"], capsys)
    assert "name them in the scenario's file" in refused(
        ["run", str(file), "--set", "mechanisms.it.file=x.py"], capsys
    )
    told = refused(["run", "memo-2001", "--mechanism", str(tmp_path / "gone.py")], capsys)
    assert re.search(r"--mechanism: .*gone.py: cannot be read: no such file or directory", told)
    rows = {"behaviour.honuor": [0.1, 0.2]}
    with pytest.raises(InputError, match=r"behaviour.honuor: unknown; did you mean behaviour.honour\?"):
        simulate(OWN, parameters=rows, months=2)


@pytest.mark.parametrize("given", [_LOUD, "prestige.py", 3, [3], ["prestige.py"], [_LOUD, _LOUD]])
def test_what_is_given_as_mechanisms_must_be_some(given):
    with pytest.raises(InputError, match=r"^mechanisms: "):
        run("memo-2001", months=2, mechanisms=given)


def test_a_run_folder_whose_mechanism_was_damaged_is_told(tmp_path):
    main_ends(["run", str(written(tmp_path)), "--months", "2", "--no-figures", "--out", str(tmp_path / "out")])
    kept = tmp_path / "out" / "scenario.yaml"
    assert load_run(tmp_path / "out").scenario.mechanisms["it"].source == FINE
    whole = kept.read_text()
    kept.write_text(whole.replace("return much * capability", "return much * sys.exit()"))
    with pytest.raises(InputError, match=r"scenario.yaml: is not what the manifest says"):
        load_run(tmp_path / "out")
    manifest = tmp_path / "out" / "manifest.json"
    manifest.write_text(json.dumps({k: v for k, v in json.loads(manifest.read_text()).items() if k != "sha256"}))
    with pytest.raises(
        InputError,
        match=r"scenario.yaml:\d+: mechanisms.it: is not what it was: its digest is [0-9a-f]{12}, not [0-9a-f]{12}$",
    ):
        load_run(tmp_path / "out")


@settings(max_examples=30)
@given(
    st.text(
        st.characters(
            codec="utf-8", exclude_characters="\r\0\x85\u2028\u2029\ufeff", exclude_categories=["Cs", "Cc"]
        )
        | st.sampled_from("\n\t #'\"|:-{}"),
        max_size=60,
    )
)
def test_the_text_of_a_mechanism_comes_back_as_it_was(text):
    """Whatever a comment of the file says."""
    source = FINE + "# " + text.replace("\n", "\n# ") + "\n"
    plain, _ = parse_yaml(GOOD, "good.yaml")
    scenario = load_scenario(plain | {"mechanisms": {"it": {"source": source}}})
    assert parse_scenario(scenario_text(scenario), "x.yaml") == scenario


def test_a_scenario_may_replace_or_drop_a_mechanism_that_it_inherits(tmp_path):
    written(tmp_path)
    (tmp_path / "other.py").write_text(FINE.replace("0.1", "0.4"))
    for entry, value in (("{file: other.py}", 0.4), ("null", None)):
        (tmp_path / "heir.yaml").write_text(f"name: heir\nextends: own.yaml\nmechanisms: {{it: {entry}}}\n")
        heir = load_scenario(str(tmp_path / "heir.yaml"))
        assert getattr(heir.behaviour, "much", None) == value


def test_a_memory_a_noise_or_a_sum_cannot_take_a_name_of_the_engines():
    for name in sorted(KEPT):
        one = Mechanism("it", "It is so.")
        one.noise(name, over="state")
        with pytest.raises(InputError, match=f"it: {name}: "):
            load_scenario("memo-2001", mechanisms=[one])


# -- what is no number ------------------------------------------------------------------------------

DIVIDES = '''"""Divides by what is 0."""
from entente import Mechanism

split = Mechanism("split", "Divides by a memory that is 0.")


@split.remembers("past", over="treaty")
def next_past(past, depth):
    """`0*past*D`: always 0."""
    return 0.0 * past * depth


@split.adds_to("linear")
def share(depth, past):
    """`D/past`."""
    return depth / past
'''


@pytest.mark.parametrize(
    ("engine", "says"), [("mesa", "split: share: divides by 0"), ("ensemble", "no finite number in some run; look at split")]
)  # fmt: skip
def test_what_is_no_number_ends_a_run_in_a_sentence_on_both_engines(engine, says, tmp_path):
    (tmp_path / "split.py").write_text(DIVIDES)
    (tmp_path / "w.yaml").write_text(
        "name: w\nextends: us-satisfied\nmonths: 2\nmechanisms: {split: {file: split.py}}\n"
    )
    # Uncompiled, since the set is compiled for nothing else.
    done = subprocess.run(
        [sys.executable, "-m", "entente", "run", "w.yaml", "--engine", engine, "--no-figures", "--out", "r"],
        cwd=tmp_path, env=os.environ | {"NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "r").exists()
    with pytest.raises(InputError, match="divides by 0"):
        check_contract(load_mechanism(tmp_path / "split.py"))

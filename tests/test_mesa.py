"""The model works with Mesa's own tools, and as Mesa users extend a model."""

from __future__ import annotations

import dataclasses
import itertools
import json
import sys
from pathlib import Path

import mesa
import numpy as np
import pandas as pd
import pytest
from mesa.agent import AgentSet

from entente import (
    AllianceModel,
    InputError,
    OutsidePower,
    StateAgent,
    Treaty,
    compare,
    hindcast,
    load_run,
    run,
    sensitivity,
)
from entente.cli import main
from entente.engines.compiled.ensemble import blocks_of
from entente.engines.interactive.alliance import PHASES, release
from entente.engines.interactive.classes import model_class
from entente.engines.many import measure
from entente.experiments.batch import run_batch
from entente.experiments.plan import make_batch
from entente.schema.load import load_scenario
from entente.telling.tables import TABLES
from entente.world.rows import lots


def test_agents_are_mesa_agents_and_answer_do():
    model = AllianceModel(seed=0)
    assert isinstance(model, mesa.Model)
    assert len(model.agents_by_type[StateAgent]) == 9
    assert [power.id for power in model.agents_by_type[OutsidePower]] == ["USA"]
    before = [list(state.perception) for state in model.states]
    model.agents_by_type[StateAgent].shuffle_do("perceive")
    assert [list(state.perception) for state in model.states] == before, "phases are synchronous"


def test_it_stops_at_the_horizon_and_a_further_step_does_nothing():
    model = AllianceModel("memo-2001", seed=1, months=5)
    assert (model.month, model.date, model.running) == (0, "2001-07", True)
    while model.running:
        model.step()
    assert (model.month, model.date) == (5, "2001-12")
    depths = [treaty.depth for treaty in model.treaties]
    model.step()
    assert (model.month, model.steps) == (5, 5)
    assert depths == [treaty.depth for treaty in model.treaties]
    assert len(model.datacollector.get_model_vars_dataframe()) == 5


def test_steps_count_months_even_through_a_prelude_and_stop_at_the_horizon():
    model = AllianceModel("memo-2001", seed=1, months=3)
    counted = [model.steps]
    for _ in range(6):
        model.step()
        counted.append(model.steps)
    assert counted == [0, 1, 2, 3, 3, 3, 3]


def test_a_model_that_is_stopped_early_stays_where_it_is():
    model = AllianceModel("memo-2001", seed=1, months=5)
    model.step()
    model.running = False
    model.step()
    assert (model.steps, model.running) == (1, False)


def test_tables_only_when_asked():
    light = AllianceModel(seed=0, months=2)
    light.step()
    for ask in (light.table, light.datacollector.get_table_dataframe):
        with pytest.raises(InputError, match="record=True"):
            ask("states")
    assert light.trajectory is None
    full = AllianceModel(seed=0, months=2, record=True)
    full.step()
    for name in ("states", "treaties", "dyads", "parties"):
        assert len(full.datacollector.get_table_dataframe(name))
        assert full.table(name).equals(full.datacollector.get_table_dataframe(name))
    with pytest.raises(InputError, match="did you mean states"):
        full.table("state")


def test_dotted_paths_are_keywords():
    model = AllianceModel(seed=0, **{"behaviour.rise": 0.4, "switches.contagion": False})
    assert model.dial["rise"] == 0.4
    assert model.acts[model.world.mechanisms.index("contagion")] == 0
    with pytest.raises(InputError, match=r"behaviour\.persistence"):
        AllianceModel(**{"behaviour.persistance": 0.9})


def test_seed_zero_is_a_seed_and_none_is_a_fresh_one():
    one, two = AllianceModel(seed=0, months=3), AllianceModel(seed=0, months=3)
    for model in (one, two):
        model.run_model()
    frame = one.datacollector.get_model_vars_dataframe
    assert frame().equals(two.datacollector.get_model_vars_dataframe())
    assert AllianceModel(months=1).seed != AllianceModel(months=1).seed


def test_batch_run():
    rows = mesa.batch_run(
        AllianceModel,
        {"scenario": "memo-2001", "seed": [0, 1], "months": 6, "behaviour.linkage": [0.2, 0.6]},
        number_processes=1,
        data_collection_period=1,
        display_progress=False,
    )
    assert len(rows) == 4 * 6
    last = [row for row in rows if row["Step"] == 5]
    assert {row["date"] for row in last} == {"2002-01"}
    alone = AllianceModel("memo-2001", seed=1, months=6, **{"behaviour.linkage": 0.6})
    alone.run_model()
    same = next(r for r in last if r["seed"] == 1 and r["behaviour.linkage"] == 0.6)
    assert same["depth:rus-chn-2001"] == next(t.depth for t in alone.treaties if t.id == "rus-chn-2001")


def test_a_finished_model_can_be_let_go():
    model = AllianceModel(seed=0, months=1)
    release(model)
    release(model)
    assert model not in getattr(mesa.Agent, "_ids", {})


def test_every_phase_exists_once():
    assert len(set(PHASES)) == len(PHASES)
    assert all(callable(getattr(AllianceModel, f"_{phase}")) for phase in PHASES)


def test_the_prelude_is_the_record_up_to_the_start():
    """Threats, perceptions, offers and alignments of memo-2001 begin where record-1992 stands in July 2001."""
    record = run("record-1992", seed=3, months=115)
    model = AllianceModel("memo-2001", seed=3)
    last = {
        name: record.trajectory[name][-1] for name in ("perception", "event", "intensity", "accepted", "alignment")
    }
    assert np.array_equal(last["perception"], [s.perception for s in model.states])
    assert np.array_equal(last["event"], [s.event for s in model.states])
    assert np.array_equal(last["intensity"], model.intensity)
    assert np.array_equal(last["accepted"], [s.accepted for s in model.states])
    assert np.array_equal(last["alignment"], [s.alignment for s in model.states])


# -- subclasses -------------------------------------------------------------------------------


class Wary(StateAgent):
    """Sees every threat half as large again when it weighs, and counts how often it is asked."""

    asked = 0

    def perceive(self):
        super().perceive()
        type(self).asked += 1

    def interest(self, treaty, partners):
        found = super().interest(treaty, partners)
        return dataclasses.replace(
            found, benefits=[1.5 * b for b in found.benefits], ideal=min(1.5 * found.ideal, 1)
        )


class Stiff(Treaty):
    """Agrees on half of what its parties would agree on."""

    def negotiate(self, members, interests):
        found = super().negotiate(members, interests)
        return dataclasses.replace(found, agreed=found.agreed / 2)


class WaryModel(AllianceModel):
    state_class = Wary


def depths(model: AllianceModel) -> list[float]:
    model.run_model()
    return [treaty.depth for treaty in model.treaties]


def test_a_states_subclass_is_made_found_and_scheduled():
    model = AllianceModel("memo-2001", seed=1, months=6, state_class=Wary)
    assert {type(state) for state in model.states} == {Wary}
    assert len(model.agents_by_type[Wary]) == len(model.world.states)
    Wary.asked = 0
    assert depths(model) != depths(AllianceModel("memo-2001", seed=1, months=6))
    assert Wary.asked == 6 * len(model.states)
    assert depths(model) == depths(WaryModel("memo-2001", seed=1, months=6))


def test_a_treatys_subclass_is_made_and_negotiates():
    model = AllianceModel("memo-2001", seed=1, months=6, treaty_class=Stiff)
    assert {type(treaty) for treaty in model.treaties} == {Stiff}
    assert sum(depths(model)) < sum(depths(AllianceModel("memo-2001", seed=1, months=6)))


def test_a_powers_subclass_acts():
    class Withdrawn(OutsidePower):
        def act(self):
            self.package = [0.0] * len(self.package)

    model = AllianceModel("memo-2001", seed=1, months=3, power_class=Withdrawn)
    model.run_model()
    assert not any(state.offer for state in model.states)
    usual = AllianceModel("memo-2001", seed=1, months=3)
    usual.run_model()
    assert any(state.offer for state in usual.states)


@pytest.mark.parametrize("given", [Treaty, "Wary", 3])
def test_a_class_of_another_kind_is_refused(given):
    with pytest.raises(InputError, match=r"state_class: .*: must be StateAgent or a subclass of it"):
        AllianceModel(state_class=given)


def test_agents_of_other_kinds_change_nothing():
    class Journalist(mesa.Agent):
        def perceive(self):
            raise AssertionError("no state")

    class Press(AllianceModel):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            Journalist.create_agents(self, 3)

    model = Press("memo-2001", seed=1, months=6)
    model.datacollector = mesa.DataCollector(agent_reporters={"alignment": "alignment"})
    assert len(model.agents) == len(model.states) + len(model.powers) + 3
    assert depths(model) == depths(AllianceModel("memo-2001", seed=1, months=6))
    assert len(model.datacollector.get_agent_vars_dataframe()) == 6 * len(model.agents)


def test_the_order_of_agents_never_matters():
    class Shuffled(AllianceModel):
        def _intervene(self):
            self._all_states = AgentSet(self.random.sample(self.states, len(self.states)), random=self.random)
            super()._intervene()

    usual, other = (kind("memo-2001", seed=2, months=24, record=True) for kind in (AllianceModel, Shuffled))
    for model in (usual, other):
        model.run_model()
    for name, values in usual.trajectory.arrays.items():
        assert np.array_equal(values, other.trajectory.arrays[name]), name


def test_a_phase_can_be_overridden():
    class Forgetful(AllianceModel):
        def _consult(self):
            """Nobody consults."""

    found, usual = (run("memo-2001", seed=1, months=12, model=kind) for kind in (Forgetful, AllianceModel))
    assert not found.trajectory["consulted"].any()
    assert usual.trajectory["consulted"].any()


def test_the_generators_of_a_model_differ_between_replicates_and_not_between_equals():
    drawn = [AllianceModel(seed=3, replicate=r, months=1).random.random() for r in (0, 1, 1)]
    assert drawn[0] != drawn[1] == drawn[2]


def test_every_part_tells_what_it_is_in_one_line():
    model = WaryModel("memo-2001", seed=1, months=2)
    result = run("memo-2001", seed=1, months=2)
    told = [repr(one) for one in (model, model.states[0], model.powers[0], model.treaties[0], result)]
    assert all(line.startswith("<") and "\n" not in line and len(line) < 100 for line in told), told
    assert told[0] == "<WaryModel memo-2001: seed 1, month 0 of 2, 2001-07>"
    assert told[1].startswith("<Wary ARM: alignment ")
    assert told[4] == "<Result memo-2001: seed 1, replicate 0, 2 months from 2001-08>"


# -- collecting -------------------------------------------------------------------------------


def alarmed(model: AllianceModel) -> int:
    return sum(max(state.perception) > 0.3 for state in model.states)


def test_a_collector_of_ones_own_works_beside_the_tables():
    model = AllianceModel("memo-2001", seed=1, months=4, record=True)
    model.datacollector = mesa.DataCollector(
        model_reporters={**model.reporters, "alarmed": alarmed},
        agent_reporters={"alignment": "alignment", "seen": lambda agent: getattr(agent, "perception", None)},
        agenttype_reporters={StateAgent: {"accepted": "accepted"}},
    )
    model.run_model()
    frame = model.datacollector.get_model_vars_dataframe()
    assert len(frame) == 4
    assert frame["alarmed"].iloc[-1] == alarmed(model)
    usual = run("memo-2001", seed=1, months=4)
    treaty = usual.treaties[usual.treaties["treaty"] == "rus-chn-2001"]
    assert list(frame["depth:rus-chn-2001"]) == list(treaty["depth"])
    agents = model.datacollector.get_agent_vars_dataframe()
    assert list(agents.index.get_level_values("Step").unique()) == [1, 2, 3, 4]
    for state in model.states:
        assert agents.loc[(4, state.unique_id), "alignment"] == state.alignment
    assert len(model.datacollector.get_agenttype_vars_dataframe(StateAgent)) == 4 * len(model.states)
    for name in TABLES:
        pd.testing.assert_frame_equal(model.table(name), usual.tables[name])


def test_a_collector_may_be_given_to_the_constructor_and_is_asked_once_a_step():
    class Counting(mesa.DataCollector):
        times = 0

        def collect(self, model):
            self.times += 1
            super().collect(model)

    collector = Counting(agent_reporters={"id": "id"})
    model = AllianceModel("memo-2001", seed=1, months=4, datacollector=collector)
    assert model.datacollector is collector
    model.run_model()
    model.step()
    assert collector.times == 4


def test_rows_of_batch_run_hold_the_seed_that_was_used():
    def rows(**parameters):
        return mesa.batch_run(
            AllianceModel,
            {"scenario": "memo-2001", "months": 3, **parameters},
            iterations=2,
            number_processes=1,
            display_progress=False,
        )

    found = rows()
    seeds = [row["seed"] for row in found]
    assert len(set(seeds)) == 2
    assert rows(seed=5)[0]["seed"] == 5
    for row in found:
        model = AllianceModel("memo-2001", seed=row["seed"], months=3)
        model.run_model()
        assert {
            name: row[name] for name in model.reporters
        } == model.datacollector.get_model_vars_dataframe().iloc[-1].to_dict()


def command(*arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert ended.value.code == 0


# -- model classes in runs, comparisons, hindcasts and studies --------------------------------

OUTCOMES = [
    "depth:rus-chn-2001",
    "rung:tashkent@max",
    "dyad:CHN-RUS@mean",
    "perception:RUS/nato@2001-12",
    "members:tashkent",
]


def test_a_run_takes_a_model_class():
    usual, same, other = (
        run("memo-2001", seed=1, months=6, model=model) for model in (None, AllianceModel, WaryModel)
    )
    for name, values in usual.trajectory.arrays.items():
        assert np.array_equal(values, same.trajectory.arrays[name]), name
    assert not usual.treaties.equals(other.treaties)
    assert (usual.model, other.model) == ("entente:AllianceModel", f"{__name__}:WaryModel")


def test_the_same_design_in_memory_has_the_same_numbers_on_both_engines():
    design = pd.DataFrame({"behaviour.rise": [0.2, 0.35], "states.UZB.independence": [0.3, 0.9]})
    (lot,), _ = lots(load_scenario("memo-2001", {"months": 14}), design, OUTCOMES)
    (block,) = blocks_of(lot, 2)
    for keep in ("none", "yearly", "monthly"):
        compiled, one_by_one = (measure(lot, block, 9, keep, model=model) for model in (None, AllianceModel))
        for a, b in zip(compiled, one_by_one, strict=True):
            pd.testing.assert_frame_equal(a, b, check_exact=True)


def test_a_comparison_takes_a_model_class(capsys):
    asked = {
        "changes": {"behaviour.linkage": 0.6},
        "outcomes": OUTCOMES[:3],
        "replicates": 3,
        "seed": 4,
        "months": 14,
    }
    usual, same, other = (compare("memo-2001", model=model, **asked) for model in (None, AllianceModel, WaryModel))
    pd.testing.assert_frame_equal(usual.effects, same.effects, check_exact=True)
    assert not usual.effects.equals(other.effects)
    told = capsys.readouterr().err
    assert "WaryModel runs on the interactive engine, about " in told
    assert "runs a second: 3 runs will take about " in told


def test_a_comparison_over_parameters_takes_a_model_class():
    rows = pd.DataFrame({"behaviour.rise": [0.2, 0.4], "switches.contagion": [1.0, 0.0]})
    usual, same = (
        compare("memo-2001", without_treaty=["tashkent"], parameters=rows, months=6, model=model)
        for model in (None, AllianceModel)
    )
    pd.testing.assert_frame_equal(usual.effects, same.effects, check_exact=True)


def test_a_hindcast_takes_a_model_class():
    usual, same, other = (
        hindcast("record-1992", draws=3, seed=2, model=model) for model in (None, AllianceModel, WaryModel)
    )
    assert json.dumps(usual.report()) == json.dumps(same.report())
    assert not np.array_equal(usual.runs["model"], other.runs["model"])
    assert np.array_equal(usual.runs["ratchet"], other.runs["ratchet"]), "the baselines are the shipped model's"


MODULE = """
from entente import AllianceModel, StateAgent

class {name}State(StateAgent):
    def turn(self):
        super().turn()
        self._alignment *= {share}

class {name}(AllianceModel):
    state_class = {name}State

class NoModel:
    pass

class Narrow(AllianceModel):
    def __init__(self, scenario):
        super().__init__(scenario)
"""
STUDY = """
name: turning
scenario: memo-2001
months: 14
factors:
  behaviour.rise: {uniform: [.2, .5]}
  behaviour.linkage: {list: [0, .4]}
  switches.contagion: {list: [true, false]}
  treaties.tashkent.articles.term.years: {list: [5, 6]}
design: {kind: latin_hypercube, points: 5}
replicates: 2
outcomes: [depth:rus-chn-2001, alignment:RUS, dyad:CHN-RUS@mean]
keep: yearly
"""
counter = itertools.count()


@pytest.fixture
def study(tmp_path):
    """Writes a study file, with a model class beside it that keeps a share of every alignment."""
    modules = []

    def written(model: str | None = None, share: float = 1.0, more: str = "") -> str:
        if model == "own":
            modules.append(f"turning_{next(counter)}")
            (tmp_path / f"{modules[-1]}.py").write_text(MODULE.format(name="MyModel", share=share))
            model = f"{modules[-1]}:MyModel"
        path = tmp_path / "turning.yaml"
        path.write_text(STUDY + (f"model: {model}\n" if model else "") + more)
        return str(path)

    yield written
    for name in modules:
        sys.modules.pop(name, None)


def test_a_study_of_the_shipped_class_has_the_numbers_of_the_compiled_engine(study, tmp_path):
    told: list[str] = []
    usual = run_batch(make_batch(study()), tmp_path / "usual", 2)
    same = run_batch(make_batch(study("entente:AllianceModel")), tmp_path / "same", 2, say=told.append)
    assert same["outcomes_sha256"] == usual["outcomes_sha256"]
    kept = [load_run(tmp_path / name) for name in ("usual", "same")]
    pd.testing.assert_frame_equal(kept[0].outcomes, kept[1].outcomes, check_exact=True)
    pd.testing.assert_frame_equal(kept[0].trajectories, kept[1].trajectories, check_exact=True)
    engines = [(one.manifest["engine"], one.manifest["model"]) for one in kept]
    assert engines == [("ensemble", None), ("mesa", "entente:AllianceModel")]
    assert [words for words in told if "10 runs will take about" in words]


def test_a_study_of_a_users_class_is_that_classs(study, tmp_path):
    usual = run_batch(make_batch(study("own")), tmp_path / "usual")
    other = run_batch(make_batch(study("own", share=0.5)), tmp_path / "other")
    plain = run_batch(make_batch(study()), tmp_path / "plain")
    assert usual["outcomes_sha256"] == plain["outcomes_sha256"] != other["outcomes_sha256"]
    assert load_run(tmp_path / "other").manifest["model"].endswith(":MyModel")


def test_a_study_is_gone_on_with_only_by_the_same_class(study, tmp_path):
    path = study("own")
    name = Path(path).read_text().split("model: ")[1].split(":")[0]

    class Enough(Exception):
        pass

    def stop(runs):
        if runs:
            raise Enough

    with pytest.raises(Enough):
        run_batch(make_batch(path, block=2), tmp_path / "out", progress=stop)
    assert run_batch(make_batch(path, block=2), tmp_path / "out")["resumed"] >= 2
    source = tmp_path / f"{name}.py"
    source.write_text(source.read_text().replace("1.0", "0.25"))
    with pytest.raises(InputError, match="another model class; name another folder"):
        run_batch(make_batch(path, block=2), tmp_path / "out")


def test_a_run_of_a_study_is_repeated_with_its_class(study, tmp_path, monkeypatch):
    path = study("own", share=0.5)
    run_batch(make_batch(path), tmp_path / "out")
    monkeypatch.chdir(tmp_path)
    command("run", "--from", "out", "--point", "3", "--replicate", "1", "--out", "one", "--no-figures")
    kept, again = load_run("out"), load_run("one")
    row = kept.outcomes.query("point == 3 and replicate == 1").iloc[0]
    states = again.tables["states"]
    last = states[states["month"] == states["month"].max()].set_index("state")["alignment"]
    assert last["RUS"] == row["alignment:RUS"]
    assert again.manifest["model"] == kept.manifest["model"]


def test_a_study_with_a_class_is_for_this_machine_and_its_signs_for_the_shipped_model(study, tmp_path):
    with pytest.raises(InputError, match="runs on this machine only; leave --scheduler out"):
        run_batch(make_batch(study("own")), tmp_path / "out", scheduler="tcp://127.0.0.1:1")
    path = study("own", more="analysis: {method: pawn, signs: all}\n")
    with pytest.raises(InputError, match=r"analysis\.signs: all: .* take study or none"):
        sensitivity(path, tmp_path / "out")


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("turning", r"must have the form module:Class"),
        ("turning:My Model", r"must have the form module:Class"),
        ("nowhere_at_all:MyModel", r"no module nowhere_at_all in .* or on sys\.path"),
        ("{module}x:MyModel", r"no module {module}x in .*; did you mean {module}\?"),
        ("{module}:MyModle", r"{module} has no MyModle; did you mean MyModel\?"),
        ("{module}:NoModel", r"must be AllianceModel or a subclass of it"),
        (
            "{module}:Narrow",
            r"its constructor must take scenario, seed, replicate, record as that of AllianceModel",
        ),
        ("broken_by_design:MyModel", r"cannot be imported: ZeroDivisionError"),
    ],
)
def test_a_class_that_is_none_is_told_in_a_sentence(named, sentence, study, tmp_path):
    module = Path(study("own")).read_text().split("model: ")[1].split(":")[0]
    (tmp_path / "broken_by_design.py").write_text("1 / 0\n")
    path = study(f"{named.format(module=module)!r}")
    with pytest.raises(InputError, match=f"turning.yaml: model: .*{sentence.format(module=module)}"):
        make_batch(path)


def test_a_module_of_a_name_that_is_taken_is_refused(study, tmp_path):
    (tmp_path / "statistics.py").write_text("MyModel = 3\n")
    with pytest.raises(InputError, match="another module of the name statistics is loaded already"):
        make_batch(study("statistics:MyModel"))


def test_a_class_is_refused_by_the_compiled_engine_and_where_it_is_a_model():
    with pytest.raises(InputError, match="knows the shipped model only"):
        run("memo-2001", months=1, model=WaryModel, engine="ensemble")
    with pytest.raises(InputError, match="name its class"):
        run("memo-2001", months=1, model=AllianceModel(months=1))
    with pytest.raises(InputError, match="is a WaryModel; name a scenario"):
        run(WaryModel(months=1))
    assert model_class(WaryModel) is WaryModel


def test_runs_that_do_not_fit_are_not_measured():
    class Brief(AllianceModel):
        def step(self):
            super().step()
            self.running = self.running and self.month < 2

    class Elsewhere(AllianceModel):
        def __init__(self, scenario, **given):
            super().__init__("record-1992", **given)

    for model, sentence in ((Brief, "stopped after 2 of 4 months"), (Elsewhere, "runs other")):
        with pytest.raises(InputError, match=sentence):
            compare("memo-2001", changes={"behaviour.rise": 0.4}, replicates=2, months=4, model=model)


# -- run folders ------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["mesa", "ensemble"])
def test_a_saved_result_reads_back(engine, tmp_path):
    result = run("memo-2001", seed=3, months=14, replicate=2, engine=engine)
    where = result.save(tmp_path / "one", figures=False)
    kept = load_run(where)
    assert kept.scenario == result.scenario
    for name, frame in result.tables.items():
        pd.testing.assert_frame_equal(kept.tables[name], frame, check_dtype=False)
    manifest = kept.manifest
    assert (manifest["seed"], manifest["replicate"], manifest["engine"]) == (3, 2, engine)
    assert manifest["model"] == ("entente:AllianceModel" if engine == "mesa" else None)
    assert not (where / "figures").exists()


def test_a_saved_result_is_the_folder_of_the_command(tmp_path):
    command("run", "memo-2001", "--seed", "3", "--months", "6", "--no-figures", "--out", str(tmp_path / "command"))
    run("memo-2001", seed=3, months=6).save(str(tmp_path / "python"))
    files = [
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir() if path.is_file()}
        for name in ("command", "python")
    ]
    manifests = [json.loads(held.pop("manifest.json")) for held in files]
    assert files[0] == files[1]
    assert manifests[0].keys() == manifests[1].keys()
    assert {name for name in manifests[0] if manifests[0][name] != manifests[1][name]} <= {
        "command",
        "seconds",
        "written",
        # The numbers are the same on either engine; the quickest one is that of the command.
        "engine",
        "model",
    }
    assert any((tmp_path / "python" / "figures").iterdir())


def test_a_folder_in_use_is_not_saved_into(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    result = run("memo-2001", seed=3, months=1)
    with pytest.raises(InputError, match="exists and is not empty"):
        result.save(tmp_path)
    with pytest.raises(InputError, match="a folder of this machine"):
        result.save("s3://bucket/run")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]

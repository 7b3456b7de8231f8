"""The model works with Mesa's own tools."""

from __future__ import annotations

import mesa
import numpy as np
import pytest

from entente import AllianceModel, InputError, run
from entente.agents.power import OutsidePower
from entente.agents.state import StateAgent
from entente.engines.interactive.alliance import PHASES, release


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
    assert model.month == 5
    assert depths == [treaty.depth for treaty in model.treaties]
    assert len(model.datacollector.get_model_vars_dataframe()) == 5


def test_tables_only_when_asked():
    light = AllianceModel(seed=0, months=2)
    light.step()
    with pytest.raises(KeyError, match="record=True"):
        light.datacollector.get_table_dataframe("states")
    full = AllianceModel(seed=0, months=2, record=True)
    full.step()
    for name in ("states", "treaties", "dyads", "parties"):
        assert len(full.datacollector.get_table_dataframe(name))


def test_dotted_paths_are_keywords():
    model = AllianceModel(seed=0, **{"behaviour.rise": 0.4, "switches.contagion": False})
    assert model.dial["rise"] == 0.4
    assert model.dial["contagion"] == 0
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

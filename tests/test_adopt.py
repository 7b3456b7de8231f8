"""A model that adopts a scenario in mid-run is the run that the scenario makes from its start, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente import AllianceModel
from entente.engines.interactive.alliance import release
from entente.errors import InputError
from entente.schema.base import month_number, month_text
from entente.schema.load import load_scenario

MONTHS = 60
LATER = {
    "shock": {"kind": "shock", "source": "militancy", "size": 1.2},
    "aimed": {"kind": "shock", "source": "nato", "size": -0.7, "weights": {"RUS": 1.0}},
    "rumour": {"kind": "rumour", "source": "taiwan", "size": 0.8},
    "weakness": {"kind": "weakness", "state": "RUS", "size": 0.5},
    "offer": {"kind": "offer", "power": "USA", "state": "RUS", "size": 0.9},
    "concession": {"kind": "concession", "source": "md", "share": 0.7},
    "article": {"kind": "article", "treaty": "rus-chn-2001", "article": "consultation", "on": False},
    "exit": {"kind": "exit", "treaty": "tashkent", "state": "ARM"},
    "parameter": {"kind": "set", "path": "behaviour.rise", "value": 0.45},
    "switch": {"kind": "set", "path": "switches.exchange", "value": False},
    "exposure": {"kind": "set", "path": "states.CHN.exposure.nato", "value": 0.6},
}


def run(model: AllianceModel, months: int) -> AllianceModel:
    for _ in range(months):
        model.step()
    return model


def dated(scenario: Any, act: dict[str, Any], months: int) -> dict[str, Any]:
    return act | {"month": month_text(month_number(scenario.start) + months)}


@pytest.fixture(scope="module", params=["memo-2001", "record-1992"])
def base(request: pytest.FixtureRequest) -> Any:
    return load_scenario(request.param, {"months": MONTHS})


@given(st.lists(st.tuples(st.integers(0, MONTHS - 1), st.sampled_from(sorted(LATER))), min_size=1, max_size=4))
@settings(max_examples=15)
def test_it_is_the_run_that_the_scenario_makes(base: Any, pulled: list[tuple[int, str]]) -> None:
    model, scenario, run_so_far = AllianceModel(base, seed=1, record=True), base, 0
    for n, (month, name) in enumerate(sorted(pulled)):
        act = dated(base, LATER[name], month)
        try:
            scenario = load_scenario(scenario, {f"interventions.lever-{n:03d}": act})
        except InputError:
            continue  # what this scenario does not have
        run(model, month - run_so_far)
        run_so_far = month
        model.adopt(scenario)
    run(model, MONTHS - run_so_far)
    fresh = run(AllianceModel(scenario, seed=1, record=True), MONTHS)
    release(model)
    release(fresh)
    assert model.scenario == fresh.scenario
    for name, values in fresh.trajectory.arrays.items():
        assert np.array_equal(model.trajectory[name], values, equal_nan=True), name
    for name in ("treaties", "events"):
        assert model.table(name).equals(fresh.table(name)), name


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"behaviour.rise": 0.4}, "differs in more than interventions from 2002-08 on"),
        ({"interventions.x": dated(load_scenario("memo-2001"), LATER["shock"], 3)}, "from 2002-08 on"),
        (
            {"interventions.x": {"kind": "rift", "parties": ["RUS", "KAZ"], "month": "2003-01"}},
            "other states fall out",
        ),
    ],
)
def test_what_would_be_another_run_is_refused(changes: dict[str, Any], words: str) -> None:
    model = run(AllianceModel("memo-2001", seed=0), 12)
    with pytest.raises(InputError, match=words):
        model.adopt(load_scenario("memo-2001", changes))
    release(model)

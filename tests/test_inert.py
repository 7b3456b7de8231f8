"""What is allowed and changes nothing is said, and what is said changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from entente import load_scenario, run
from entente.schema.inert import inert
from entente.schema.load import scenario_names


def setting(path: str, value: float, month: str = "2003-01") -> dict[str, object]:
    return {"interventions.later": {"kind": "set", "month": month, "path": path, "value": value}}


DEAD = [
    ("treaties.rus-chn-2001.mistrust", 0.9, {}, "a quarrel (kind: rift) moves mistrust later"),
    ("treaties.rus-chn-2001.obligation", 4, {}, "switch these (kind: article)"),
    ("behaviour.exchange_value", 0.0, {"switches.exchange": False}, "only exchange reads it, which is off"),
    (
        "treaties.rus-chn-2001.exchange.RUS",
        1.0,
        {"switches.exchange": False},
        "only exchange reads it, which is off",
    ),
]


@pytest.mark.parametrize(("path", "value", "off", "why"), DEAD)
def test_a_setting_that_is_said_to_change_nothing_changes_nothing(path, value, off, why):
    made = load_scenario("memo-2001", {"months": 40} | off | setting(path, value))
    (said,) = inert(made)
    assert said.startswith(f"interventions.later: {path}: changes nothing: ")
    assert why in said
    with_it, without = (run(one, 1).trajectory for one in (made, load_scenario("memo-2001", {"months": 40} | off)))
    for name in with_it.arrays:
        if name != "obligation":
            assert np.array_equal(with_it[name], without[name]), name


def test_what_acts_is_not_said_to_be_idle():
    acts = setting("behaviour.exchange_value", 0.0)
    assert not inert(load_scenario("memo-2001", {"switches.exchange": True} | acts))
    later = {"interventions.on": {"kind": "set", "month": "2003-01", "path": "switches.exchange", "value": True}}
    assert not inert(load_scenario("memo-2001", {"switches.exchange": False} | acts | later))
    assert not [said for name in scenario_names() for said in inert(load_scenario(name))]

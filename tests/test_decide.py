"""Decisions: known worlds give known losses, regrets and choices; a switch changes nothing before its month."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente import InputError, run
from entente.cli import main
from entente.counsel.decide import decide, pareto, sentences
from entente.counsel.decide_charts import decision_figures, named
from entente.counsel.decision import Decision, decision_names, load_decision
from entente.counsel.sequence import switched
from entente.schema.base import month_number
from entente.schema.load import load_scenario

from .toys import toy

RUSSIA, CHINA = "interventions.usa-package-russia.size", "interventions.usa-package-china.size"
DECISION = """
name: toy
scenario: us-every-offer
levers:
  Russia: {path: interventions.usa-package-russia.size, values: [0, 1, 2], cost: 1}
  China: {path: interventions.usa-package-china.size, values: [0, 1], costs: [0, 3]}
options:
  suspend: {set: {treaties.rus-chn-2001.articles.consultation.on: false}, cost: .5}
outcome: depth:rus-chn-2001
below: 0
probability: .9
by: 2004-12
draws: 40
replicates: 3
rivals: [threat-only]
"""


@pytest.fixture
def asked(tmp_path):
    def write(**changes: str) -> str:
        text = DECISION
        for name, value in changes.items():
            kept, skip = [], False
            for line in text.splitlines():
                skip = line.startswith(f"{name}:") or (skip and line.startswith(" "))
                kept += [] if skip else [line]
            text = "\n".join(kept) + (f"\n{name}: {value}\n" if value else "\n")
        path = tmp_path / "toy.yaml"
        path.write_text(text)
        return str(path)

    return write


def known(scenario, rows, noise):
    """The tie goes down by what Russia is given, and by a fifth of what China is; who follows threat alone looks at China."""
    russia, china = (rows[path].to_numpy(dtype=float) for path in (RUSSIA, CHINA))
    alone = not scenario.switches.exchange
    return {"depth:rus-chn-2001": 0.5 - (0.2 if alone else 1) * russia - (1 if alone else 0.2) * china + 0 * noise}


def test_known_worlds_give_known_losses_and_regrets(asked) -> None:
    found = decide(asked(options=""), runner=toy(known))
    table = found.options.set_index("option")
    assert list(table.index) == [
        "nothing",
        "China 1",
        "Russia 1",
        "Russia 1, China 1",
        "Russia 2",
        "Russia 2, China 1",
    ]
    # Two explanations weigh alike: the mean of both worlds.
    for name, loss in {"nothing": 0.5, "Russia 1": -0.1, "Russia 2": -0.7, "Russia 2, China 1": -1.3}.items():
        assert table.loc[name, "loss"] == pytest.approx(loss)
        assert table.loc[name, "gain"] == pytest.approx(0.5 - loss)
    assert table["cost"].to_dict()["Russia 2, China 1"] == 5
    # The best of each world is to give both all: 0.5 - 2.2 and 0.5 - 1.4.
    assert table.loc["Russia 2", "regret_max"] == pytest.approx(1.0)
    assert table.loc["Russia 2", "regret_mean"] == pytest.approx(0.6)
    assert table.loc["Russia 2, China 1", "regret_max"] == 0
    assert table.loc["Russia 1, China 1", "kept"] == 1
    assert table.loc["Russia 2", "kept"] == table.loc["Russia 2", "robust"] == 0.5
    assert found.chosen == "Russia 1, China 1"
    said = " ".join(sentences(found))
    assert "The cheapest option that is enough" in said
    assert "If the model is right, Russia 1 is enough at a cost of 1 (100%)." in said
    assert "If threat-only is right, China 1 is enough at a cost of 3 (100%)." in said


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12))
def test_the_front_is_what_nothing_beats(pairs) -> None:
    cost, loss = np.array(pairs, dtype=float).T
    front = pareto(cost, loss)
    assert front.any()
    for (a, b), on in zip(pairs, front, strict=True):
        beaten = any(c <= a and d <= b and (c < a or d < b) for c, d in pairs)
        assert on != beaten


def test_where_the_choice_fails_is_found(asked) -> None:
    def high_mu(scenario, rows, noise):
        mu = rows["behaviour.mu"].to_numpy()
        return {"depth:rus-chn-2001": np.where(mu > 1, 1.0, -1.0) - 0 * noise}

    found = decide(asked(rivals="", probability=".99", draws="200", options=""), runner=toy(high_mu))
    assert found.discovery is not None
    limits = found.discovery.limits
    first = limits[(limits["method"] == "prim") & (limits["box"] == limits["box"].iloc[0])]
    assert list(first["factor"]) == ["behaviour.mu"]
    assert first["low"].iloc[0] == pytest.approx(1, abs=0.05)


def test_what_was_run_is_not_run_again(asked, tmp_path) -> None:
    calls = []
    counted = toy(known)

    def counting(*arguments, **named_):
        calls.append(1)
        return counted(*arguments, **named_)

    one = decide(asked(options=""), tmp_path / "out", counting)
    made = len(calls)
    two = decide(asked(options=""), tmp_path / "out", counting)
    assert len(calls) == made > 0
    pd.testing.assert_frame_equal(one.options, two.options)
    # Another number of draws is another question.
    decide(asked(options="", draws="30"), tmp_path / "out", counting)
    assert len(calls) > made


@given(st.floats(0, 2), st.floats(0, 2), st.integers(1, 30), st.sampled_from([RUSSIA, CHINA, "behaviour.linkage"]))
@settings(max_examples=6)
def test_a_switch_changes_nothing_before_its_month(first, second, after, path) -> None:
    scenario = load_scenario("us-every-offer", {"months": 36})
    month = month_number(scenario.start) + 1 + after
    value = {path: first / 2 if path == "behaviour.linkage" else first}
    later = {path: second / 2 if path == "behaviour.linkage" else second}
    before = run(load_scenario(scenario, value)).trajectory["depth"]
    both = run(load_scenario(scenario, switched(scenario, value, later, month))).trajectory["depth"]
    assert np.array_equal(before[: after + 1], both[: after + 1])
    same = run(load_scenario(scenario, switched(scenario, value, value, month))).trajectory["depth"]
    assert np.array_equal(before, same)


def test_a_switch_acts_from_its_month(asked) -> None:
    scenario = load_scenario("us-every-offer", {"months": 60})
    start = month_number(scenario.start)
    article = "treaties.rus-chn-2001.articles.consultation.on"
    changes = switched(scenario, {RUSSIA: 0.5}, {RUSSIA: 2.0, article: False, "behaviour.rise": 0.3}, start + 24)
    acts = {key: value for key, value in changes.items() if key.startswith("interventions.then")}
    assert sorted(act["kind"] for act in acts.values()) == ["article", "offer", "set"]
    assert {act["month"] for act in acts.values()} == {"2003-08"}
    # What comes later than the switch is simply what it becomes.
    assert switched(scenario, {}, {RUSSIA: 2.0}, start)[RUSSIA] == 2.0
    with pytest.raises(InputError, match="no number or switch"):
        switched(scenario, {}, {"interventions.usa-package-russia.month": "2003-01"}, start + 24)


@pytest.mark.parametrize(
    ("field", "wrong", "rule"),
    [
        ("levers", "{a: {path: behaviour.rise, values: [.2]}}", "make 2 options|drawn"),
        ("levers", "{a: {path: behaviour.ris, values: [.2, .3]}}", "did you mean"),
        ("levers", "{a: {path: behaviour.rise, values: [.2, .3], costs: [1]}}", "costs: must be one a value"),
        ("levers", "{a: {path: treaties.tashkent.since, values: [x, y], cost: 1}}", "cost: goes with numbers"),
        ("levers", "{a: {path: interventions.usa-package-russia.size, values: [0, 9]}}", "less than or equal|must be"),
        ("rivals", "[ratched]", "no rival of that name.*did you mean ratchet"),
        ("above", "1", "exactly one of below and above"),
        ("parameters", "default", "no decision"),
        ("outcome", "depth:rus-chn-2011", "did you mean rus-chn-2001"),
    ],
)  # fmt: skip
def test_a_wrong_decision_is_a_sentence(asked, field, wrong, rule) -> None:
    with pytest.raises(InputError, match=rule) as found:
        decide(asked(**{field: wrong}), runner=toy(known))
    assert "\n" not in str(found.value)


def test_what_a_rival_changes_is_left_to_it(asked) -> None:
    """An option that leaves a number alone leaves it as its world has it, and the first value of a lever is set, not assumed."""
    seen = []

    def looking(scenario, rows, noise):
        seen.append(
            (
                scenario.switches.exchange,
                rows["switches.exchange"].unique().tolist(),
                rows[RUSSIA].unique().tolist(),
            )
        )
        return {"depth:rus-chn-2001": 0 * noise}

    options = "{none: {}, exchange: {set: {switches.exchange: true}}}"
    levers = f"{{Russia: {{path: {RUSSIA}, values: [.3, 1]}}}}"
    decide(asked(options=options, levers=levers), runner=toy(looking))
    assert [(own, sorted(given)) for own, given, _ in seen] == [(True, [True]), (False, [False, True])]
    assert [sizes for _, _, sizes in seen] == [[0.3, 1.0, 0.0]] * 2


def test_too_many_options_are_refused_before_any_run(asked) -> None:
    many = ", ".join(str(number / 100) for number in range(50))
    levers = (
        "{"
        + ", ".join(f"l{n}: {{path: {path}, values: [{many}]}}" for n, path in enumerate((RUSSIA, CHINA)))
        + "}"
    )
    with pytest.raises(InputError, match="make 2501 options; there must be 2 to 200"):
        decide(asked(levers=levers))


def test_the_command_writes_all_and_goes_on(tmp_path, capsys) -> None:
    def call(*arguments: object) -> int:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return int(ended.value.code or 0)

    out = tmp_path / "out"
    few = ("decide", "keep-apart", "--draws", 6, "--replicates", 2, "--by", 2004, "--out", out)
    assert call(*few) == 0
    said = capsys.readouterr().out
    assert str(out) in said
    assert {"options.parquet", "options.csv", "cost.svg", "years.png", "report.json"} <= {
        p.name for p in out.iterdir()
    }
    before = (out / "options.parquet").read_bytes()
    assert call(*few, "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (out / "options.parquet").read_bytes() == before
    assert report["sentences"] == said.splitlines()[:-1]
    assert len(report["options"]) == 24
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    assert call("decide", "keep-apart", "--out", tmp_path / "mine") == 2
    assert "nothing to go on with" in capsys.readouterr().err


def test_every_decision_that_ships_is_whole(asked) -> None:
    for name in decision_names():
        decision, scenario = load_decision(name)
        assert isinstance(decision, Decision)
        assert scenario.months == month_number(decision.by) - month_number(scenario.start) + 1
    found = decide(asked(options=""), runner=toy(known))
    assert set(decision_figures(found)) == {"options", "cost", "years"}
    assert found.chosen in set(named(found)["option"])

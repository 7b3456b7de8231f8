"""Many ties: restarts, baselines of other ties, pooled scores, folders that go on where they were, rivals on any world."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente import InputError, load_scenario
from entente.cli import main
from entente.evidence.chain import ahead, chain, climb
from entente.evidence.hindcast.around import Around
from entente.evidence.hindcast.many import run_many
from entente.evidence.hindcast.many_report import in_short, overview, write
from entente.evidence.hindcast.origins import SHARES, Plan, forecasts, restart
from entente.evidence.hindcast.others import Others, base_rate, rise_rate, shipped_climb
from entente.evidence.hindcast.pooled import MODEL, NAMES, PERSISTENCE, Pooled
from entente.evidence.record import Cell, Record, load_record
from entente.evidence.resamples import of_states, of_ties
from entente.evidence.rivals import laid_over, rival_names
from entente.evidence.score import RUNGS, rps
from entente.evidence.ties import load_ties
from entente.experiments.kept import KEPT
from entente.experiments.prior import parameter_sets
from entente.schema.base import month_number

WORLD = """
name: {name}
start: 1980-01
months: 240
states:
  {a}: {{name: A, place: {{longitude: 0, latitude: 40}}, capability: .05, exposure: {{raid: .8}}, contribution: {{raid: .6}}}}
  {b}: {{name: B, place: {{longitude: 5, latitude: 42}}, capability: .03, exposure: {{raid: .7}}, contribution: {{raid: .5}}}}
sources: {{raid: {{name: Raids, origin: steppe, base: .3, need: .8, rate: 1}}}}
treaties:
  pact:
    name: Pact
    parties: {{{a}: true, {b}: true}}
    signed: 1982-03
    obligation: {obligation}
    rung: 2
    scope: {{raid: 1}}
    articles: {{consultation: {{rule: consultation, strength: .5}}}}
interventions:
  flare: {{kind: shock, month: 1990-06, source: raid, size: .6}}
"""
RUNGS_OF = {
    ("A", "B"): [2, 2, 3, 3, 3, 4, 4, 3],
    ("B", "C"): [1, 1, 1, 1, 2, 2, 2, 2],
    ("A", "C"): [0, 1, 1, 2, 2, 1, 0, 0],
}


def put(folder: Path, a: str, b: str, rungs: list[int], obligation: int = 2) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{a}-{b}.yaml").write_text(WORLD.format(name=f"{a}-{b}", a=a, b=b, obligation=obligation))
    rows = [f"{a}-{b},pact,{1986 + at},{rung}" for at, rung in enumerate(rungs)]
    (folder / f"{a}-{b}.csv").write_text("\n".join(["tie,treaty,year,rung", *rows]) + "\n")


@pytest.fixture
def folder(tmp_path):
    for (a, b), rungs in RUNGS_OF.items():
        put(tmp_path / "ties", a, b, rungs)
    return tmp_path / "ties"


@pytest.fixture(scope="module")
def pooled(tmp_path_factory):
    place = tmp_path_factory.mktemp("pooled") / "ties"
    for number, ((a, b), rungs) in enumerate(RUNGS_OF.items()):
        put(place, a, b, rungs, obligation=2 + number)
    return Pooled(run_many(place, draws=10, horizons=(1, 3)), resamples=200)


# -- restarts -------------------------------------------------------------------------------


def test_a_restart_opens_with_the_rung_of_the_record_and_keeps_the_history_of_threats(folder):
    tie = load_ties(folder).ties[0]
    begun = restart(tie.scenario, tie.record, 1990)
    assert (begun.start, begun.prelude) == ("1991-01", "1980-01")
    assert begun.months == 240 - 11 * 12
    assert begun.treaties["pact"].opening.rung == RUNGS_OF["A", "B"][4]
    assert "flare" in begun.interventions


@settings(max_examples=20)
@given(st.integers(0, 6), st.integers(1983, 1998))
def test_a_still_world_keeps_the_rung_it_is_opened_with(rung, year):
    """The ratchet without drift moves nothing, so that every forecast is the record's rung at its origin."""
    data = WORLD.format(name="w", a="A", b="B", obligation=2)
    scenario = load_scenario(_read(data), {"switches.ratchet": True, "behaviour.drift": 0})
    cells = tuple(Cell("t", ("pact",), at, rung, rung, rung) for at in (year, year + 1))
    plan = Plan(parameter_sets("default", 2, 0), 0, (1,))
    found = forecasts(scenario, Record("r", cells), plan)
    assert found[SHARES].to_numpy().tolist() == [np.eye(RUNGS)[rung].tolist()]
    assert found[["known", "opened", "up", "down"]].to_numpy().tolist() == [[rung, 2, 0, 0]]


def _read(text: str):
    from entente.schema.yaml12 import parse_yaml

    return parse_yaml(text, "w")[0]


def test_nothing_that_was_coded_after_an_origin_changes_a_forecast_from_it(folder):
    tie = load_ties(folder).ties[0]
    plan = Plan(parameter_sets("prior", 8, 0), 0, (1, 3))
    other = Record("o", tuple(
        Cell(c.tie, c.treaties, c.year, *(3 * [c.rung if c.year <= 1990 else 0])) for c in tie.record.cells
    ))  # fmt: skip
    one, two = (forecasts(tie.scenario, record, plan) for record in (tie.record, other))
    early = one["origin"] <= 1990
    assert (one.loc[early, SHARES] == two.loc[early, SHARES]).all(axis=None)
    assert not one.loc[~early, SHARES].equals(two.loc[~early, SHARES])


def test_treaties_before_and_after_the_origin_and_parties_that_left(tmp_path):
    text = WORLD.format(name="w", a="A", b="B", obligation=2) + (
        "  out: {kind: exit, month: 1988-02, treaty: pact, state: B}\n"
    )
    later = text.replace("    articles:", "    succeeds: old\n    articles:", 1).replace(
        "treaties:\n",
        "treaties:\n  old: {name: Old, parties: {A: true, B: true}, signed: 1980-02, obligation: 1, rung: 1}\n",
        1,
    )
    scenario = load_scenario(_read(later))

    def begun(year, rung):
        cell = Cell("t", ("pact", "old"), year, rung, rung, rung)
        return restart(scenario, Record("r", (cell,)), year).treaties

    before = begun(1980, 1)
    assert before["old"].opening.rung == 1
    assert (before["pact"].opening, before["pact"].signed) == (None, "1982-03")
    after = begun(1984, 3)
    assert after["pact"].opening.rung == 3
    assert after["old"].opening is None
    assert month_number(after["old"].signed) >= month_number("2000-01")
    # Two parties less one are no treaty: what has ended stays ended.
    ended = begun(1990, 0)
    assert ended["pact"].opening is None
    assert month_number(ended["pact"].signed) >= month_number("2000-01")


def test_a_tie_that_the_record_has_before_any_treaty_opens_early(folder):
    tie = load_ties(folder).ties[0]
    cell = Cell("t", ("pact",), 1980, 3, 3, 3)
    early = restart(tie.scenario, Record("r", (cell,)), 1980).treaties["pact"]
    assert (early.opening.rung, early.signed) == (3, "1981-01")
    none = restart(tie.scenario, Record("r", (Cell("t", ("pact",), 1980, 0, 0, 0),)), 1980).treaties["pact"]
    assert (none.opening, none.signed) == (None, "1982-03")


# -- baselines of other ties ----------------------------------------------------------------


def coded(tie: str, rungs: list[int], first: int = 1950) -> list[Cell]:
    return [Cell(tie, ("p",), first + at, rung, rung, rung) for at, rung in enumerate(rungs)]


chains = st.lists(
    st.lists(st.floats(0.05, 1), min_size=RUNGS, max_size=RUNGS), min_size=RUNGS, max_size=RUNGS
).map(lambda rows: np.array(rows) / np.sum(rows, axis=1, keepdims=True))


@settings(max_examples=10)
@given(chains, st.integers(0, 10**6))
def test_a_chain_that_is_fitted_on_what_a_chain_made_recovers_it(true, seed):
    rng = np.random.default_rng(seed)
    path = [0]
    for _ in range(30_000):
        path.append(int(rng.choice(RUNGS, p=true[path[-1]])))
    others = Others({"mine": coded("mine", [6, 0] * 5), "theirs": coded("theirs", path)}.items())
    pairs = others.pairs("mine")
    # Each row within five standard errors of the true one.
    error = np.sqrt(true * (1 - true) / np.maximum(pairs.sum(axis=1, keepdims=True), 1))
    assert (np.abs(chain(pairs) - true) <= 5 * error + 0.01).all()


@given(st.integers(0, 6), st.integers(0, 6), st.lists(st.integers(0, 6), min_size=2, max_size=9))
def test_what_is_left_out_is_left_out(rung, other_rung, theirs):
    """Whatever the tie itself did, what is said of it from the others stays the same; so does its future."""
    both = [
        Others({"mine": coded("mine", [rung, changed, rung]), "theirs": coded("theirs", theirs)}.items())
        for changed in (rung, other_rung)
    ]
    for of in ("pairs", "codings"):
        one, two = (getattr(others, of)("mine", 1951) for others in both)
        assert (one == two).all()
    pairs = both[0].pairs("mine", 1951)
    expected = np.zeros((RUNGS, RUNGS))
    expected[theirs[0], theirs[1]] = 1
    assert (pairs == expected).all()
    assert both[0].codings("mine", 1950).sum() == 3
    assert both[0].pairs("mine", 1949).sum() == 0


def test_years_that_do_not_follow_each_other_make_no_pair():
    gap = [Cell("t", ("p",), year, 1, 1, 1) for year in (1950, 1952, 1953)]
    assert Others({"t": gap, "mine": coded("mine", [0])}.items()).pairs("mine").sum() == 1


@settings(max_examples=20)
@given(chains, st.integers(1, 4), st.integers(0, 6))
def test_a_horizon_is_the_sum_over_all_paths(step, years, start):
    def walk(rung: int, left: int) -> np.ndarray:
        if left == 0:
            return np.eye(RUNGS)[rung]
        return sum(step[rung, to] * walk(to, left - 1) for to in range(RUNGS))

    assert ahead(step, years)[start] == pytest.approx(walk(start, years))


@given(st.floats(0, 1), st.integers(1, 30))
def test_a_ratchet_never_falls_and_its_rate_is_that_of_its_rises(rate, years):
    step = ahead(climb(rate), years)
    assert np.tril(step, -1) == pytest.approx(0)
    assert step.sum(axis=1) == pytest.approx(1)
    counts = 1000 * np.diag([1.0] + [0.0] * 6) @ climb(rate)
    assert rise_rate(counts) == pytest.approx(rate)


def test_without_any_other_tie_a_chain_keeps_and_a_base_rate_says_nothing():
    nothing = np.zeros((RUNGS, RUNGS))
    assert np.diag(chain(nothing)).min() > 0.9
    assert base_rate(np.zeros(RUNGS)) == pytest.approx(1 / RUNGS)
    assert rise_rate(nothing) == 0


def test_the_shipped_ratchet_is_a_distribution_that_drifts_further_with_the_years():
    near, far = (shipped_climb(years, 0) @ np.arange(RUNGS) for years in (1, 10))
    assert shipped_climb(5, 0).sum(axis=1) == pytest.approx(1)
    assert (far[:6] > near[:6]).all()


# -- pooled ---------------------------------------------------------------------------------


def test_scores_are_those_of_single_cells_and_forecasts_are_distributions(pooled):
    cells = pooled.cells
    assert set(cells["ahead"]) == {1, 3}
    for shares in pooled.distributions.values():
        assert shares.sum(axis=1) == pytest.approx(1)
        assert (shares >= 0).all()
    codings = cells[["rung_lo", "rung", "rung_hi"]].to_numpy()
    model = pooled.scores[pooled.scores["forecast"] == MODEL]
    assert model["rps"].to_numpy() == pytest.approx(rps(cells[SHARES].to_numpy(), codings))
    still = pooled.distributions[PERSISTENCE].argmax(axis=1)
    before = {(a, b): dict(enumerate(rungs, 1986)) for (a, b), rungs in RUNGS_OF.items()}
    assert still.tolist() == [
        before[tuple(row.name.split("-"))][row.origin] for row in cells[["name", "origin"]].itertuples(index=False)
    ]


def test_a_summary_is_the_mean_of_its_cells_and_its_interval_holds_the_difference(pooled):
    summary, scores = pooled.summary, pooled.scores
    for row in summary[summary["by"] == "horizon"].itertuples():
        own = scores[(scores["horizon"] == int(row.group)) & (scores["forecast"] == row.forecast)]
        assert row.rps == pytest.approx(own["rps"].mean())
        assert row.cells == len(own)
        assert row.rps_low - 1e-12 <= row.rps_less <= row.rps_high + 1e-12
    parts = summary[(summary["forecast"] == MODEL)].groupby("by")["cells"].sum()
    assert set(parts) == {len(pooled.cells)}
    assert set(summary.loc[summary["by"] == "obligation", "group"]) == {
        "consultation", "act to meet the danger", "mutual defence"
    }  # fmt: skip
    assert "3 policy coordination" in set(summary.loc[summary["by"] == "rung", "group"])


def test_moves_add_up(pooled):
    moves, scores = pooled.moves, pooled.scores
    assert (moves["hit"] + moves["missed"]).to_numpy() == pytest.approx(moves["recorded"].to_numpy())
    assert (moves[moves["forecast"] == PERSISTENCE][["hit", "false"]] == 0).all(axis=None)
    for row in moves[moves["direction"] == "up"].itertuples():
        own = scores[(scores["horizon"] == row.horizon) & (scores["forecast"] == row.forecast)]
        assert row.hit + row.false == pytest.approx(own["rise"].sum())
        assert row.recorded == (own["rung"] > own["known"]).sum()


def test_pace_is_counted_from_the_record(pooled):
    record = pooled.pace.set_index("who").loc["record"]
    steps = np.concatenate([np.diff(rungs) for rungs in RUNGS_OF.values()])
    assert record["rises"] == pytest.approx((steps > 0).mean())
    assert record["falls"] == pytest.approx((steps < 0).mean())
    assert record["leaps"] == pytest.approx((abs(steps) > 1).mean())


def test_clusters_are_drawn_whole():
    drawn = of_states(["AB", "BC", "CD"], 500, np.random.default_rng(0))
    assert drawn.mean(axis=0) == pytest.approx([0.75] * 3, abs=0.12)
    # Where B is not drawn, neither tie of it is.
    assert ((drawn[:, 0] > 0) & (drawn[:, 2] > 0))[drawn[:, 1] == 0].sum() == 0
    ties = of_ties(3, 500, np.random.default_rng(0))
    assert (ties.sum(axis=1) == 3).all()


def test_every_tie_is_told_why(pooled):
    assert pooled.ties["rps_less"].is_monotonic_increasing
    assert pooled.ties["why"].str.contains(r"rung \d \(.+\) in 19\d\d").all()


def test_report_and_tables_are_written_and_say_the_same(pooled, tmp_path):
    write(pooled, tmp_path)
    text = (tmp_path / "report.html").read_text()
    assert 'src="data:image/png;base64,' in text
    assert "http" not in text.replace("http-equiv", "")
    assert all(name in text for name in NAMES)
    said = json.loads((tmp_path / "hindcast.json").read_text())
    assert said == json.loads(json.dumps(overview(pooled)))
    kept = pd.read_csv(tmp_path / "summary.csv")
    assert kept["rps"].to_numpy() == pytest.approx(pooled.summary["rps"].to_numpy())
    for name in ("horizons", "groups", "reliability", "moves", "pace", "ties"):
        assert (tmp_path / f"{name}.png").stat().st_size > 10_000
        assert (tmp_path / f"{name}.svg").is_file()
    assert len(in_short(pooled)) == 4


# -- folders --------------------------------------------------------------------------------


def call(*arguments: str) -> int:
    """The exit code of the command."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def files(place: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in sorted(place.rglob("*")) if path.is_file() and path.name != ".lock"
    }  # fmt: skip


def test_a_killed_call_goes_on_and_leaves_the_same_bytes(folder, tmp_path):
    asked = ["hindcast", str(folder), "--draws", "40", "--horizons", "1,3"]
    command = [sys.executable, "-m", "entente", *asked, "--out"]
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    process = subprocess.Popen([*command, str(killed)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not list((killed / KEPT).glob("*.parquet")) and process.poll() is None:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    kept = {path: path.stat().st_mtime_ns for path in (killed / KEPT).glob("*.parquet")}
    assert kept
    for place in (killed, whole):
        assert call(*asked, "--out", str(place)) == 0
    assert files(killed) == files(whole)
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())


def test_what_is_asked_differently_is_run_anew(folder, tmp_path):
    for asked in ({"draws": 4}, {"draws": 5}, {"draws": 4, "seed": 1}, {"draws": 4, "horizons": (1,)}):
        run_many(folder, out=tmp_path / "out", **asked)
    assert len(list((tmp_path / "out" / KEPT).iterdir())) == 4 * len(RUNGS_OF)


def test_ties_that_cannot_be_scored_are_listed_and_the_others_scored(folder, tmp_path, capsys):
    (folder / "A-B.csv").write_text("tie,treaty,year,rung\nA-B,pact,1990,9\n")
    (folder / "B-C.csv").write_text("tie,treaty,year,rung\nB-C,pact,1990,1\nB-C,pact,1994,1\n")
    code = call("hindcast", str(folder), "--draws", "4", "--horizons", "1", "--out", str(tmp_path / "o"), "--json")
    said = capsys.readouterr()
    assert code == 0
    report = json.loads(said.out)
    assert (report["ties"], report["failed"]) == (1, 2)
    assert "2 could not be scored; the first is A-B: " in said.err
    failed = pd.read_csv(tmp_path / "o" / "failed.csv")
    assert failed["name"].tolist() == ["A-B", "B-C"]
    assert "no two years that are 1 years apart" in failed["message"].iloc[1]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--horizons", "1,x"], "must be whole years joined by commas"),
        (["--horizons", "0"], "must be whole years joined by commas"),
        (["rungs-1992-2001"], "a folder of ties brings its own records"),
        (["--rival", "netwerk"], "did you mean network?"),
        (["--rival", "network"], "give --horizons"),
        (["--rival", "solidarity", "--horizons", "1"], "has no source 'regime'"),
    ],
)
def test_a_folder_is_asked_in_vain_in_a_sentence(folder, capsys, more, sentence):
    assert call("hindcast", str(folder), *more) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert said.err.strip().count("\n") == 0
    assert not said.out


def test_a_folder_that_is_no_folder_of_scores_is_left_alone(folder, tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    assert call("hindcast", str(folder), "--out", str(tmp_path / "mine")) == 2
    assert "holds nothing to go on with" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]
    assert call("hindcast", "record-1992", "--horizons", "1") == 2
    assert "name a folder" in capsys.readouterr().err


def test_replicates_are_runs_of_the_same_draw(folder):
    one = run_many(folder, draws=3, replicates=4)
    assert len(one.plan.parameters) == 12
    assert (one.plan.parameters.to_numpy().reshape(3, 4, -1) == one.plan.parameters.to_numpy()[::4, None]).all()


def test_from_the_start_chains_are_fitted_on_all_years_of_the_others(folder):
    found = Pooled(run_many(folder, draws=5), resamples=50)
    assert (found.cells["origin"] == 1979).all()
    assert (found.cells["known"] == 2).all()
    tie = found.cells["name"] == "A-B"
    pairs = Others((("-".join(at), coded("t", rungs, 1986)) for at, rungs in RUNGS_OF.items())).pairs("A-B")
    years = found.cells.loc[tie, "ahead"]
    expected = [ahead(chain(pairs), int(year))[2] for year in years]
    assert found.distributions["Markov chain"][tie.to_numpy()] == pytest.approx(np.array(expected))
    assert "horizon" not in set(found.summary["by"])


# -- rivals ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", rival_names())
def test_a_rival_acts_on_any_world_or_says_why_not(folder, name):
    tie = load_ties(folder).ties[0]
    reasons = {"solidarity": "has no source 'regime'", "network": "there is no network"}
    if name in reasons:
        with pytest.raises(InputError, match=reasons[name]):
            laid_over(name, tie.scenario)
    else:
        laid = laid_over(name, tie.scenario)
        assert laid.model_dump(exclude={"switches"}) == tie.scenario.model_dump(exclude={"switches"})
        assert laid.switches != tie.scenario.switches


def test_solidarity_leaves_regime_change_alone_on_any_world():
    data = _read(WORLD.format(name="w", a="A", b="B", obligation=2))
    data["sources"]["regime"] = data["sources"]["raid"]
    pact = data["treaties"]["pact"]
    pact["scope"] = {"raid": 1, "regime": 0.6}
    pact["articles"] = {
        "all": {"rule": "mutual_defence"},
        "raids": {"rule": "mutual_defence", "sources": {"raid": 1}},
        "both": {"rule": "strategic_support", "sources": {"raid": 1, "regime": 0.5}},
    }
    laid = laid_over("solidarity", load_scenario(data)).treaties["pact"]
    assert laid.scope == {"raid": 0, "regime": 0.6}
    assert {key: article.on for key, article in laid.articles.items()} == {
        "all": True,
        "raids": False,
        "both": True,
    }
    assert laid.articles["both"].sources == {"raid": 0, "regime": 0.5}


def test_the_network_is_that_of_the_other_records_by_the_year(folder):
    ties = load_ties(folder).ties
    around = Around(ties)
    tie = next(tie for tie in ties if tie.name == "A-B")
    path = "treaties.pact.shared_partners"
    # A and C are not tied in 1986, are from 1987 to 1991, and not after.
    assert [around.changes(tie, year)[path] for year in (1985, 1986, 1987, 1991, 1992, 1999)] == [0, 0, 1, 1, 0, 0]
    assert around.changes(tie, 1987)["states.A.ties_elsewhere"] == 1
    assert around.changes(tie, 1987)["states.B.ties_elsewhere"] == 1


def test_the_network_rival_hears_of_no_threat_and_follows_ties(folder):
    from entente import simulate

    tie = load_ties(folder).ties[0]
    tied = {"treaties.pact.shared_partners": 5, "states.A.ties_elsewhere": 4, "states.B.ties_elsewhere": 4}
    laid = laid_over("network", load_scenario(tie.scenario, tied))

    def depth(changes):
        return simulate(load_scenario(laid, changes), 8, outcomes=["depth:pact@mean"]).outcomes["depth:pact@mean"]

    told = depth({})
    assert (depth({"sources.raid.base": 2.0}) == told).all()
    assert (depth(dict.fromkeys(tied, 0)) < told).all()
    assert (depth({"behaviour.closure": 0, "behaviour.attachment": 0}) < told).all()


def test_off_the_network_is_as_if_it_were_not_there(folder):
    from entente import simulate

    tie = load_ties(folder).ties[0]
    numbers = {"treaties.pact.shared_partners": 9, "states.A.ties_elsewhere": 9, "behaviour.closure": 4}
    asked = {"replicates": 8, "outcomes": ["depth:pact@mean", "rung:pact"]}
    plain, dressed = (
        simulate(load_scenario(tie.scenario, changes), **asked).outcomes for changes in ({}, numbers)
    )
    assert plain.equals(dressed)


def test_the_network_rival_is_scored_from_the_records_of_a_folder(folder):
    one = run_many(folder, draws=20, horizons=(5,), rival="network")
    put(folder, "C", "D", [5] * 8)
    put(folder, "B", "D", [5] * 8)
    two = run_many(folder, draws=20, horizons=(5,), rival="network")
    shared = one.forecasts["name"].isin(["B-C"])
    other = two.forecasts["name"].isin(["B-C"])
    assert (
        not one.forecasts.loc[shared, SHARES]
        .reset_index(drop=True)
        .equals(two.forecasts.loc[other, SHARES].reset_index(drop=True))
    )


def test_a_tie_of_the_shipped_record_can_be_begun_anywhere():
    scenario = load_scenario("record-1992")
    record = load_record("rungs-1992-2001", scenario)
    found = forecasts(scenario, record, Plan(parameter_sets("default", 2, 0), 0, (1,)))
    assert len(found) == len(record.cells) - len(record.ties)
    assert found[SHARES].sum(axis=1).to_numpy() == pytest.approx(1)

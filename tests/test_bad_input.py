"""Bad input gets one sentence: file, line where known, path, value, rule, nearest right name."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente import InputError, load_scenario
from entente.cli import main
from entente.schema.yaml12 import parse_yaml, scalar

GOOD = """\
name: good
start: 2000-01
months: 24
sources:
  x: {name: X, origin: Elsewhere, base: 0.2, need: 0.9}
powers:
  OUT: {name: Out, place: {longitude: 0, latitude: 0}, capability: 0.1}
states:
  A: {name: A, place: {longitude: 0, latitude: 0}, capability: 0.1, exposure: {x: 0.5}}
  B: {name: B, place: {longitude: 9, latitude: 9}, capability: 0.1}
treaties:
  t: {name: T, parties: {A: true, B: true}, signed: 2000-02, obligation: 1, scope: {x: 1}, articles: {c: {rule: consultation}}}
"""


@dataclass
class Case:
    """What is appended to (or replaces a piece of) a good file, or changed by --set, and the sentence's pieces."""

    id: str
    expected: tuple[str, ...]
    add: str = ""
    swap: tuple[str, str] | None = None
    text: str | bytes | None = None
    changes: dict[str, Any] = field(default_factory=dict)

    def content(self) -> str | bytes:
        if self.text is not None:
            return self.text
        assert self.swap is None or self.swap[0] in GOOD
        return (GOOD.replace(*self.swap, 1) if self.swap else GOOD) + self.add


def act(body: str) -> str:
    return f"interventions:\n  one: {{{body}}}\n"


CASES = [
    Case("unknown field", (":13: behaviour.persistance", "unknown", "behaviour.persistence?"), "behaviour: {persistance: .9}\n"),
    Case("unknown top field", ("treatys", "unknown", "did you mean treaties?"), "treatys: {}\n"),
    Case("unknown state field", ("states.A.exposures", "did you mean states.A.exposure?"), swap=("exposure:", "exposures:")),
    Case("unknown switch", ("switches.contagoin", "switches.contagion?"), "switches: {contagoin: true}\n"),
    Case("text for a number", ("behaviour.rise", "'fast'", "must be a number"), "behaviour: {rise: fast}\n"),
    Case("quoted number", ("behaviour.rise", "'0.4'", "must be a number"), "behaviour: {rise: '0.4'}\n"),
    Case("switch for a number", ("behaviour.rise", "True", "number"), "behaviour: {rise: true}\n"),
    Case("number for a switch", ("switches.noise", "1", "true or false"), "switches: {noise: 1}\n"),
    Case("word for a switch", ("switches.noise", "'NO'", "true or false"), "switches: {noise: NO}\n"),
    Case("above its bound", ("behaviour.rise", "1.5", "at most 1"), "behaviour: {rise: 1.5}\n"),
    Case("below its bound", ("behaviour.fall", "-0.1", "at least 0.001"), "behaviour: {fall: -.1}\n"),
    Case("not a number", ("behaviour.rise", "nan", "finite"), "behaviour: {rise: .nan}\n"),
    Case("infinity", ("behaviour.rise", "inf", "finite"), "behaviour: {rise: .inf}\n"),
    Case("negative infinity", ("behaviour.rise", "finite"), "behaviour: {rise: -.inf}\n"),
    Case("overflow", ("behaviour.rise", "finite"), "behaviour: {rise: 1e999}\n"),
    Case("capability zero", ("states.A.capability", "above 0"), swap=("capability: 0.1, exp", "capability: 0, exp")),
    Case("capability text", ("states.A.capability",), swap=("capability: 0.1, exp", "capability: big, exp")),
    Case("capability bad year", ("states.A.capability",), swap=("capability: 0.1, exp", "capability: {x1: 0.1}, exp")),
    Case("capability empty", ("states.A.capability",), swap=("capability: 0.1, exp", "capability: {}, exp")),
    Case("exposure out of bounds", ("states.A.exposure.x", "7", "at most 1"), swap=("exposure: {x: 0.5}", "exposure: {x: 7}")),
    Case("exposure to no source", ("states.A.exposure", "'y' is no source"), swap=("exposure: {x: 0.5}", "exposure: {y: .5}")),
    Case("core no source", ("states.A.core", "'y' is no source"), swap=("exposure: {x", "core: y, exposure: {x")),
    Case("missing field", ("states.B.capability", "missing"), swap=("9, latitude: 9}, capability: 0.1}", "9, latitude: 9}}")),
    Case("latitude", ("states.B.place.latitude", "99", "at most 90"), swap=("latitude: 9}", "latitude: 99}")),
    Case("no state", (":12:", "treaties.t.parties", "'C' is no state"), swap=("B: true", "C: true")),
    Case("party by nearest name", ("did you mean RUS?",), text="name: n\nextends: memo-2001\ntreaties: {tashkent: {parties: {RUSS: true}}}\n"),
    Case("scope no source", ("treaties.t.scope", "'y' is no source"), swap=("scope: {x: 1}", "scope: {y: 1}")),
    Case("article on an unknown source", ("treaties.t.articles.s.sources", "'y' is no source"),
         swap=("{c: {rule: consultation}}", "{s: {rule: strategic_support, sources: {y: 1}}}")),
    Case("unknown rule", ("treaties.t.articles.c.rule", "consultations", "did you mean consultation?"), swap=("rule: consultation", "rule: consultations")),
    Case("rule missing", ("treaties.t.articles.c.rule", "missing"), swap=("{rule: consultation}", "{strength: 1}")),
    Case("field of another rule", ("treaties.t.articles.c.years", "unknown"), swap=("{rule: consultation}", "{rule: consultation, years: 5}")),
    Case("term without years", ("treaties.t.articles.c.years", "missing"), swap=("{rule: consultation}", "{rule: term, renewal_years: 5}")),
    Case("strength", ("treaties.t.articles.c.strength", "2", "at most 1"), swap=("{rule: consultation}", "{rule: consultation, strength: 2}")),
    Case("towards no treaty", ("treaties.t.articles.c.towards", "'u' is no treaty"), swap=("{rule: consultation}", "{rule: regional_mechanism, towards: u}")),
    Case("towards itself", ("cannot promote itself",), swap=("{rule: consultation}", "{rule: regional_mechanism, towards: t}")),
    Case("before the start", ("treaties.t.signed", "1999-01", "before the scenario starts (2000-01)"), swap=("2000-02", "1999-01")),
    Case("no such month", ("treaties.t.signed", "'2000-13'", "YYYY-MM"), swap=("2000-02", "2000-13")),
    Case("historical without a date", ("treaties.t.signed", "missing"), swap=("signed: 2000-02, ", "")),
    Case("endogenous with a date", ("treaties.t.signed", "endogenous"), swap=("signed:", "signing: endogenous, signed:")),
    Case("one party", ("treaties.t.parties", "two parties"), swap=("B: true}", "B: false}")),
    Case("obligation", ("treaties.t.obligation", "9", "at most 4"), swap=("obligation: 1", "obligation: 9")),
    Case("obligation with a point", ("treaties.t.obligation", "1.5", "whole number"), swap=("obligation: 1", "obligation: 1.5")),
    Case("decision", ("treaties.t.decision", "'veto'", "unanimity"), swap=("obligation: 1", "obligation: 1, decision: veto")),
    Case("lead without leads", ("treaties.t.leads", "needs one"), swap=("obligation: 1", "obligation: 1, decision: lead")),
    Case("hub no party", ("treaties.t.hub", "'C' is no party"), swap=("obligation: 1", "obligation: 1, hub: C")),
    Case("opening left by no party", ("treaties.t.opening.left", "'C' is no party"),
         swap=("obligation: 1", "obligation: 1, opening: {rung: 1, left: {C: 1999-01}}")),
    Case("succeeds itself", ("treaties.t.succeeds", "circle"), swap=("obligation: 1", "obligation: 1, succeeds: t")),
    Case("succeeds nothing", ("treaties.t.succeeds", "'u' is no treaty"), swap=("obligation: 1", "obligation: 1, succeeds: u")),
    Case("in force too early", ("treaties.t.in_force", "before the signature"), swap=("obligation: 1", "obligation: 1, in_force: 2000-01")),
    Case("sponsor no power", ("sources.x.sponsor", "no outside power"), swap=("base: 0.2", "base: 0.2, sponsor: USA")),
    Case("state and power of one id", ("states.A", "used once"), swap=("OUT:", "A:")),
    Case("months zero", ("months", "0", "at least 1"), swap=("months: 24", "months: 0")),
    Case("months negative", ("months", "-3", "at least 1"), swap=("months: 24", "months: -3")),
    Case("months with a point", ("months", "2.5", "whole number"), swap=("months: 24", "months: 2.5")),
    Case("months too many", ("months", "at most 2400"), swap=("months: 24", "months: 99999")),
    Case("start missing", ("start", "missing"), swap=("start: 2000-01\n", "")),
    Case("prelude after the start", ("prelude", "before the start"), "prelude: 2001-01\n"),
    Case("states a list", ("states", "map"), text=GOOD.split("states:")[0] + "states: [A, B]\n"),
    Case("states a word", ("states", "'none'", "map"), text=GOOD.split("states:")[0] + "states: none\n"),
    Case("no states", ("states", "missing"), text="name: n\nstart: 2000-01\nmonths: 3\n"),
    Case("empty file", ("must be a mapping",), text=""),
    Case("a list at the top", ("must be a mapping",), text="- a\n- b\n"),
    Case("a word at the top", ("must be a mapping",), text="hello\n"),
    Case("duplicate key", (":14: behaviour.rise", "given twice", "line 13"), "behaviour: {rise: .3,\n  rise: .4}\n"),
    Case("two states with one id", ("states.A", "given twice"), swap=("  B: {", "  A: {")),
    Case("unsafe tag", ("python/object", "not allowed"), "behaviour: !!python/object/apply:os.system ['true']\n"),
    Case("own tag", ("!secret", "not allowed"), "behaviour: !secret {rise: .4}\n"),
    Case("alias bomb", ("anchors and aliases are not allowed",),
         text="a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nname: n\n"),
    Case("unclosed quote", ("not valid YAML",), "behaviour: {rise: '0.4\n"),
    Case("tab", ("not valid YAML",), "behaviour:\n\trise: 0.4\n"),
    Case("two documents", ("not valid YAML",), "---\nname: b\n"),
    Case("nested deeply", ("nested",), "x: " + "[" * 400 + "]" * 400 + "\n"),
    Case("huge integer", ("behaviour.rise",), "behaviour: {rise: " + "9" * 5000 + "}\n"),
    Case("binary", ("not a text file",), text=b"\xff\xfe\x00name"),
    Case("control characters", ("not valid YAML",), text="name: \x00\n"),
    Case("id with a dot", ("treaties",), swap=("  t: {", "  t.u: {")),
    Case("id with a space", ("states",), swap=("  A: {", "  A A: {")),
    Case("intervention kind", ("interventions.one.kind", "shok", "did you mean shock?"), act("kind: shok, month: 2000-03")),
    Case("intervention kind missing", ("interventions.one.kind", "missing"), act("month: 2000-03")),
    Case("shock without a source", ("interventions.one", "needs a source or a sponsor"), act("kind: shock, month: 2000-03")),
    Case("sponsor without weights", ("interventions.one.weights", "missing"), act("kind: shock, month: 2000-03, sponsor: OUT")),
    Case("shock weights", ("interventions.one.weights", "'C' is no state"), act("kind: shock, month: 2000-03, source: x, weights: {C: 1}")),
    Case("shock too early", ("interventions.one.month", "before the scenario starts"), act("kind: shock, month: 1990-03, source: x")),
    Case("rift of nobody", ("interventions.one", "needs a treaty or parties, and not both"), act("kind: rift, month: 2000-03")),
    Case("rift of both", ("needs a treaty or parties, and not both",), act("kind: rift, month: 2000-03, treaty: t, parties: [A, B]")),
    Case("rift of one", ("interventions.one.parties", "1 named", "two parties at least"), act("kind: rift, month: 2000-03, parties: [A]")),
    Case("rift with oneself", ("interventions.one.parties", "'A' is named twice"), act("kind: rift, month: 2000-03, parties: [A, A]")),
    Case("rift of no state", ("interventions.one.parties", "'C' is no state"), act("kind: rift, month: 2000-03, parties: [A, C]")),
    Case("rift of no treaty", ("interventions.one.treaty", "'u' is no treaty"), act("kind: rift, month: 2000-03, treaty: u")),
    Case("rift by nearest name", ("did you mean tashkent?",),
         text="name: n\nextends: memo-2001\ninterventions: {q: {kind: rift, month: 2003-01, treaty: tashkentt}}\n"),
    Case("rift size", ("interventions.one.size", "3", "at most 2"), act("kind: rift, month: 2000-03, treaty: t, size: 3")),
    Case("rift parties no list", ("interventions.one.parties", "'A'", "list"), act("kind: rift, month: 2000-03, parties: A")),
    Case("threat of a state from elsewhere", ("sources.x.of", "only a source of origin member"), swap=("base: 0.2", "base: 0.2, of: A")),
    Case("threat of no state", ("sources.x.of", "'C' is no state"), swap=("origin: Elsewhere", "origin: member, of: C")),
    Case("offer by nobody", ("interventions.one.power", "'USA' is no outside power"), act("kind: offer, month: 2000-03, power: USA, state: A, size: 1")),
    Case("offer size", ("interventions.one.size", "3", "at most 2"), act("kind: offer, month: 2000-03, power: OUT, state: A, size: 3")),
    Case("concession without a sponsor", ("interventions.one.source", "no sponsor"), act("kind: concession, month: 2000-03, source: x, share: 1")),
    Case("no such article", ("interventions.one.article", "'d' is no article of t"), act("kind: article, month: 2000-03, treaty: t, article: d, 'on': false")),
    Case("set of no path", ("interventions.one.path", "behaviour.risse", "did you mean behaviour.rise?"), act("kind: set, month: 2000-03, path: behaviour.risse, value: 1")),
    Case("set out of bounds", ("interventions.one.value", "5", "0.01..1"), act("kind: set, month: 2000-03, path: behaviour.rise, value: 5")),
    Case("set a switch to a number", ("interventions.one.value", "switches.noise"), act("kind: set, month: 2000-03, path: switches.noise, value: 1")),
    Case("extends nothing", ("extends", "memo-2002", "did you mean memo-2001?"), text="name: n\nextends: memo-2002\n"),
    Case("extends a missing file", ("extends", "no such file"), text="name: n\nextends: nowhere.yaml\n"),
    Case("extends a number", ("extends", "must name a scenario"), text="name: n\nextends: 7\n"),
    Case("extends itself", ("circle",), text="name: n\nextends: case.yaml\n"),
    Case("--set unknown", ("behaviour.persistance", "did you mean behaviour.persistence?"), changes={"behaviour.persistance": 0.9}),
    Case("--set out of bounds", ("behaviour.rise", "7", "at most 1"), changes={"behaviour.rise": 7}),
    Case("--set below a leaf", ("behaviour.rise", "must be a number"), changes={"behaviour.rise.x": 1}),
    Case("--set unknown state", ("states.ZZZ",), changes={"states.ZZZ.leverage": 1}),
    Case("--set nothing there", ("nothing", "unknown"), changes={"nothing.at.all": 1}),
]  # fmt: skip


@pytest.fixture
def case_file(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Path, Case]:
    case: Case = request.param
    path = tmp_path / "case.yaml"
    content = case.content()
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path, case


def test_the_good_file_is_good(tmp_path):
    path = tmp_path / "good.yaml"
    path.write_text(GOOD)
    assert load_scenario(path).name == "good"


@pytest.mark.parametrize("case_file", CASES, ids=[case.id for case in CASES], indirect=True)
def test_one_sentence(case_file):
    path, case = case_file
    with pytest.raises(InputError) as caught:
        load_scenario(path, case.changes)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert len(sentence) < 400
    for piece in case.expected:
        assert piece in sentence, sentence
    for leak in ("function-before", "constrained", "Article", "pydantic", "Traceback"):
        assert leak not in sentence
    if not case.changes:
        assert sentence.startswith(str(path))


@pytest.mark.parametrize("case_file", CASES, ids=[case.id for case in CASES], indirect=True)
def test_the_command_exits_2_and_writes_nothing(case_file, capsys):
    path, case = case_file
    out = path.parent / "out"
    sets = [f"--set={key}={value}" for key, value in case.changes.items()]
    with pytest.raises(SystemExit) as stopped:
        main(["run", str(path), "--out", str(out), *sets])
    assert stopped.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert not out.exists()
    assert [p.name for p in path.parent.iterdir()] == ["case.yaml"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["run", "memo-2002"], "did you mean memo-2001?"),
        (["run", "--months", "0"], "months"),
        (["run", "--months", "-5"], "months"),
        (["run", "--months", "x"], "months"),
        (["run", "--seed", "-1"], "seed"),
        (["run", "--seed", "zero"], "seed"),
        (["run", "--replicate", "-1"], "replicate"),
        (["run", "--set", "behaviour.rise"], "path=value"),
        (["run", "--engine", "steam"], "engine"),
        (["run", "--colour"], "--colour"),
        (["walk"], "walk"),
        (["check", "nowhere.yaml"], "no such file"),
        (["check", "/"], "a folder"),
        (["why", "nowhere", "tashkent"], "no run folder"),
        (["new", "a/b"], "letters"),
    ],
)  # fmt: skip
def test_bad_command_lines(arguments, expected, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    said = capsys.readouterr()
    assert expected in said.err
    assert "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == []


def test_folders_that_cannot_be_written(capsys, tmp_path):
    """A path below a file cannot be written even by root."""
    file = tmp_path / "file"
    file.write_text("x")
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine").write_text("x")
    for out, words in ((file / "below", "cannot be written"), (file, "is a file"), (full, "not empty")):
        with pytest.raises(SystemExit) as stopped:
            main(["run", "--out", str(out), "--months", "2"])
        assert stopped.value.code == 2
        assert words in capsys.readouterr().err
    assert (full / "mine").read_text() == "x"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "full"]


def test_a_file_of_100_mb_is_refused_unread(tmp_path):
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(InputError, match="at most"):
        load_scenario(path)


def test_a_circle_of_two(tmp_path):
    (tmp_path / "a.yaml").write_text("name: a\nextends: b.yaml\n")
    (tmp_path / "b.yaml").write_text("name: b\nextends: a.yaml\n")
    with pytest.raises(InputError, match="circle"):
        load_scenario(tmp_path / "a.yaml")


def test_too_many_states(tmp_path):
    states = {
        f"S{n}": {"name": "s", "place": {"longitude": 0, "latitude": 0}, "capability": 0.001} for n in range(201)
    }
    with pytest.raises(InputError, match="200 at most"):
        load_scenario({"name": "many", "start": "2000-01", "months": 1, "states": states})


def test_numbers_of_numpy_are_numbers():
    scenario = load_scenario("memo-2001", {"behaviour.rise": np.float64(0.4), "months": np.int64(12)})
    assert (scenario.behaviour.rise, scenario.months) == (0.4, 12)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-3", 0.001), ("010", 10), ("NO", "NO"), ("yes", "yes"), ("on", "on"), ("true", True), ("~", None),
     ("0x1F", 31), ("0o17", 15), (".5", 0.5), ("1_000", "1_000"), ("12:30", "12:30"), ("1992-01", "1992-01"),
     ("2001-07-16", "2001-07-16"), ("+3", 3), ("-1.5E2", -150.0), ("", None), ("null", None)],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(text, value):
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)
    assert parse_yaml(f"a: {text}\n", "x")[0]["a"] == value


def test_quoted_scalars_are_words():
    assert parse_yaml("a: '010'\nb: \"true\"\nc: |\n  12\n", "x")[0] == {"a": "010", "b": "true", "c": "12\n"}


@settings(max_examples=200)
@given(st.text(max_size=200) | st.from_regex(r"[\w:{}\[\],&*!\n -]{0,80}"))
def test_whatever_the_text_only_an_input_error(text):
    with suppress(InputError):
        parse_yaml(text, "x")

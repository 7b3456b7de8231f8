"""A mechanism is one file: what it may do, that it keeps the contract, how it is shown, written and taken away."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import entente
from entente import InputError, load_scenario, run, simulate
from entente.cli import main
from entente.engines.contract import check_contract, check_switched_off
from entente.mechanisms import HERE, shipped
from entente.month.algebra import check_algebra
from entente.month.gather import Mechanisms
from entente.month.mechanism import Mechanism, arguments
from entente.month.places import PLACES
from entente.schema.own import from_text
from entente.starter import MECHANISM
from entente.telling.vocabulary import file_of, in_full, mechanism_rows, place_rows, word_rows

ROOT = Path(__file__).resolve().parents[1]
NAMES = [one.name for one in shipped().all]

HEAD = '''"""One."""
from math import sqrt

from entente.agents.equation import equation, where
from entente.month.mechanism import Mechanism

one = Mechanism("one", "One.")
one.parameter("gift", 0.1, "A gift.", low=0, high=1, prior=(0, 0.2), unit="utility", symbol="g")
'''
GOOD = """
@one.adds_to("linear")
def gain(gift, depth):
    '''`gift * depth`.'''
    return gift * depth
"""


def body(expression: str, words: str = "gift, depth, mistrust", place: str = '"linear"') -> str:
    """A file whose one function is an expression."""
    return f"{HEAD}\n@one.adds_to({place})\ndef gain({words}):\n    '''`x`.'''\n    return {expression}\n"


def judged(text: str) -> None:
    """Whatever `entente check` does with a file, but for the run."""
    check_contract(from_text(text, "one.py"))


# -- the contract ---------------------------------------------------------------------------


@pytest.mark.parity
@pytest.mark.parametrize("name", NAMES)
def test_every_mechanism_of_the_model_keeps_the_contract(name):
    (one,) = (one for one in shipped().all if one.name == name)
    around = {key: value for f in one.functions for key, value in f.__globals__.items()}
    check_algebra(one, around)
    assert check_contract(one, shipped()) == len(set(one.functions)) > 0


def skipped_functions() -> list[Any]:
    """Functions of the model's own terms that the engines skip for some things, and the words that are 0 there."""
    about = ["scope", *shipped().widening]
    found: list[Any] = []
    for one in shipped().all:
        found += [(t.function, about) for t in one.terms if t.place in ("alarm", "benefit")]
        found += [(s.function, about) for s in one.sums if s.over == "sources"]
        found += [(t.function, ["partner_contribution"]) for t in one.terms if t.place == "help"]
    return found


@pytest.mark.parametrize(("function", "nought"), skipped_functions(), ids=lambda x: getattr(x, "__name__", ""))
@given(st.data())
def test_what_the_engines_skip_vanishes_by_itself(function, nought, data):
    values = {name: 0.0 if name in nought else data.draw(st.floats(0, 2), name) for name in arguments(function)}
    assert function(**values) == 0.0


def test_a_mechanism_of_a_file_is_never_taken_for_one_of_the_model():
    assert all(one.vetted for one in shipped().all)
    one = from_text((HEAD + GOOD).replace('"One.")', '"One.", vetted=True)'), "one.py")
    assert not one.vetted


def test_a_good_file_keeps_the_contract():
    judged(HEAD + GOOD)


BREACHES = {
    # What breaks parity, or does for one run only.
    "power": (body("gift ** 2"), "gift ** 2: `**` differs in the last bit between the engines; multiply"),
    "whole division": (body("gift // 2.0"), "`//` is not among + - * /; use floor"),
    "choice": (body("gift if depth > 0.5 else 0.0"), "use where(condition, yes, no)"),
    "and": (body("where(gift > 0.0 and depth > 0.0, 1.0, 0.0)"), "join conditions by & and |"),
    "chain": (body("where(0.0 < gift < 1.0, 1.0, 0.0)"), "compare two numbers at a time"),
    "comparison as number": (body("gift * (depth > 0.5)"), "depth > 0.5 is a comparison, not a number"),
    "comparison returned": (body("depth > 0.5"), "return where(depth > 0.5, 1.0, 0.0)"),
    "number as condition": (body("where(gift, 1.0, 0.0)"), "gift is a number, not a comparison"),
    "truth": (body("where(True, gift, 0.0)"), "plain numbers only"),
    "plus": (body("+gift"), "does nothing"),
    "three at once": (body("min(gift, depth, mistrust)"), "min takes 2 arguments, not 3"),
    "by name": (body("where(gift > 0.0, yes=1.0, no=0.0)"), "one after the other"),
    "not imported": (body("floor(gift)"), "write: from math import floor"),
    "logarithm": (body("log(gift)"), "log may differ in the last bit between the engines"),
    "text": (body("'gift'"), "plain numbers only"),
    "unknown name": (body("gift * depht"), "is neither an argument nor a number of the file; did you mean depth?"),
    "loop": (HEAD + GOOD.replace("    return gift", "    for x in (1,):\n        gift = x\n    return gift"), "declare a sum"),
    "no result": (HEAD + GOOD.replace("return gift * depth", "gift * depth"), "must end by returning a number"),
    "two kinds": (HEAD + GOOD.replace("    return", "    depth = depth > 0.5\n    return"), "take another name"),
    "no formula": (HEAD + GOOD.replace("    '''`gift * depth`.'''\n", ""), "has no docstring"),
    "default": (body("gift", words="gift, depth=0.5"), "without defaults or stars"),
    "lambda": (HEAD + '\none.adds_to("linear")(lambda gift: gift)\n', "must be written as a `def`"),
    "hidden power": (
        HEAD + "\n@equation\ndef square(x):\n    '''`x**2`.'''\n    return x ** 2\n" + GOOD.replace("gift * depth\n", "square(gift)\n"),
        "one: square: x ** 2: `**` differs",
    ),
    "circle": (
        HEAD + "\n@equation\ndef again(x):\n    '''`x`.'''\n    return again(x)\n" + GOOD.replace("gift * depth\n", "again(gift)\n"),
        "calls itself",
    ),
    # Names.
    "no such word": (body("gift * depths", words="gift, depths"), "'depths' is no word at linear; did you mean depth?"),
    "word of another place": (body("gift * perceived", words="gift, perceived"), "which is known at perception only"),
    "word of other things": (body("gift * own_threat", words="gift, own_threat"), "own_threat is of a source, and linear is about a treaty, a party"),
    "no such place": (body("gift", place='"liner"'), "'liner' is no place of a month; did you mean linear?"),
    "parameter of the core": (
        (HEAD + GOOD).replace('"gift"', '"rise"').replace("gift", "rise"), "rise: is a number of the core already"
    ),
    "parameter of another mechanism": (
        (HEAD + GOOD).replace('"gift"', '"omega"').replace("gift", "omega"), "omega: is declared by burden already"
    ),
    "rule of another mechanism": (
        HEAD + GOOD + 'one.article("consultation", into="talk", effect="Talk.")\n', "consultation: is a rule of articles already"
    ),
    "kind of article": (
        HEAD + GOOD + 'one.article("talk", into="talks", effect="Talk.", kind="plane")\n', "did you mean plain?"
    ),
    "thing of a sum": (
        HEAD + GOOD + "@one.sum_over('partner')\ndef total(depth):\n    '''`D`.'''\n    return depth\n", "did you mean partners?"
    ),
    "sum that nobody asks for": (
        HEAD + GOOD + "@one.sum_over('partners')\ndef total(depth):\n    '''`D`.'''\n    return depth\n", "total: is asked for by no term"
    ),
    "link of a sum": (
        HEAD + GOOD + "@one.sum_over('treaties', along='promote')\ndef total(depth):\n    '''`D`.'''\n    return depth\n",
        "did you mean promotes?",
    ),
    # Values.
    "division by 0": (body("gift / mistrust"), "gain: divides by 0 at gift"),
    "division by 0 in a choice": (body("where(mistrust > 0.0, gift / mistrust, 0.0)"), "both answers of a `where` are computed"),
    "root": (body("sqrt(depth - mistrust)"), "cannot be computed at gift"),
    "no number": (body("1e308 * 10.0 * gift"), "it must be finite"),
    "its bounds": (body("gift * 2.0", place='"linear", bounds=(0, 1)'), "it must be 0 to 1, its bounds"),
    "bounds of the place": (body("-gift", place='"worth"', words="gift"), "it must be 0 or more, as worth must"),
    "not idle": (
        body("gift + depth").replace('"One.")', '"One.", idle_at_zero="gift")'), "where gift is 0 (idle_at_zero), and should be 0"
    ),
    "not idle where terms multiply": (
        body("gift", words="gift", place='"hollowing"').replace('"One.")', '"One.", idle_at_zero="gift")'), "and should be 1"
    ),
    "not neutral": (
        body("gift + consultation", words="gift, consultation", place='"linear", only_where="consultation"'),
        "where consultation is 0 (only_where), and should be 0",
    ),
    "sum that is not neutral": (
        body("gift * total", words="gift, total")
        + "@one.sum_over('sources', only_where='support')\ndef total(own_threat):\n    '''`P`.'''\n    return own_threat\n",
        "where support is 0 (only_where), and should be 0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_told_in_one_sentence(breach):
    text, sentence = BREACHES[breach]
    with pytest.raises(InputError) as told:
        judged(text)
    assert sentence in str(told.value)
    assert "\n" not in str(told.value)


LEAVES = st.sampled_from(["gift", "depth", "mistrust", "rung", "0.3", "2.0"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions of numbers, one step larger."""
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]} / max(0.1, {t[1]}))"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
        inner.map(lambda t: f"sqrt(max(0.0, {t}))"),
        inner.map(lambda t: f"-{t}"),
        inner.map(lambda t: f"floor({t})"),
        st.tuples(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner, inner, inner, inner).map(
            lambda t: f"where(({t[1]} {t[0]} {t[2]}) & (depth > 0.1), {t[3]}, {t[4]})"
        ),
    )


@pytest.mark.parity
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.recursive(LEAVES, grown, max_leaves=12))
def test_whatever_the_algebra_lets_through_gives_the_same_bits_compiled(expression):
    text = body(expression, words="gift, depth, mistrust, rung").replace("import sqrt", "import floor, sqrt")
    judged(text)


def test_a_memory_and_noise_keep_the_contract():
    judged(
        HEAD
        + '''
one.noise("chance", over="treaty")
one.noise("mood", over="state", law="normal")
one.of_source("spice", 0.5, "Spice.", low=0, high=1, unit="1", symbol="s")


@one.remembers("grown", over="treaty")
def longer(grown, depth, chance):
    """`min(2, grown + D*u)`."""
    return min(2.0, grown + depth * chance)


@one.sum_over("sources", bounds=(0, 2))
def spiced(spice, own_threat):
    """`s_k * P`."""
    return spice * own_threat


@one.adds_to("linear")
def gain(gift, grown, mood, spiced):
    """`gift * grown * n * sum`."""
    return gift * grown * mood * spiced
'''
    )


def test_switched_off_it_leaves_a_run_alone():
    check_switched_off([from_text(HEAD + GOOD, "one.py")])


def test_a_mechanism_that_acts_when_it_is_off_is_told(monkeypatch):
    """Only a mistake in an engine could do that, so one is made: the switch is not heeded."""
    one = from_text(HEAD + GOOD, "one.py")
    monkeypatch.setattr("entente.engines.contract.load_scenario", _heedless)
    with pytest.raises(InputError, match=r"one: switched off, .* is still not what it was"):
        check_switched_off([one])


def _heedless(scenario: Any, changes: dict[str, Any], mechanisms: Any = ()) -> Any:
    heeded = {path: value for path, value in changes.items() if not path.startswith("switches.")}
    return load_scenario(scenario, heeded | ({"behaviour.gift": 1.0} if mechanisms else {}), mechanisms)


def test_consultation_is_idle_beside_runs_in_which_it_is_not():
    scenario = load_scenario("memo-2001", {"months": 12})
    outcomes = [f"consulted:{treaty}/nato@mean" for treaty in scenario.treaties]
    many = simulate(scenario, parameters={"behaviour.contagion": [0.0, 0.08]}, outcomes=outcomes).outcomes
    alone = run(scenario, 0, changes={"behaviour.contagion": 0.0}).trajectory["consulted"]
    assert alone.sum() == many.loc[many["point"] == 0, outcomes].to_numpy().sum() == 0
    assert many.loc[many["point"] == 1, outcomes].to_numpy().sum() > 0


# -- one file -------------------------------------------------------------------------------

OWN = '''"""Toasts."""
from entente.month.mechanism import Mechanism

toastmaking = Mechanism("toastmaking", "Those who raise a glass together think more of each other.")
toastmaking.parameter(
    "toastworth", 0.1, "Worth of a toast.", low=0, high=1, prior=(0, 0.2), unit="utility", symbol="w"
)


@toastmaking.adds_to("linear")
def toasted(toastworth, partners_capability):
    """`w * C`."""
    return toastworth * partners_capability
'''


def test_a_mechanism_costs_one_file_and_no_file_of_the_package_knows_it(tmp_path):
    (tmp_path / "toastmaking.py").write_text(OWN, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(
        "name: own\nextends: memo-2001\nmonths: 36\nmechanisms: {toastmaking: {file: toastmaking.py}}\n",
        encoding="utf-8",
    )
    own = run(tmp_path / "own.yaml", 1)
    without = run("memo-2001", 1, months=36)
    off = run(tmp_path / "own.yaml", 1, changes={"switches.toastmaking": False})
    assert not np.array_equal(own.trajectory["depth"], without.trajectory["depth"])
    assert np.array_equal(off.trajectory["depth"], without.trajectory["depth"])
    files = [
        path for part in ("model", "agents", "configs") for path in (ROOT / part).rglob("*") if path.is_file()
    ]
    assert len(files) > 300
    assert not [
        path for path in files if b"toastmaking" in path.read_bytes() or b"toastworth" in path.read_bytes()
    ]


def test_no_file_of_the_core_or_the_engines_imports_a_mechanism_or_reads_its_parameters():
    owned = {number.name for one in shipped().all for number in one.numbers}
    read = re.compile(r"(?:dial|constant)\[['\"](\w+)['\"]\]|(?:DIAL|CONSTANT|OF)\.(\w+)")
    for part in ("agents", "model/month", "model/schema", "model/world", "model/engines"):
        for path in (ROOT / part).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert "entente.mechanisms." not in text, path
            assert not owned & {name for found in read.findall(text) for name in found}, path


def without_file(name: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Run memo-2001 for a year in a copy of the package from which the file of a mechanism was deleted."""
    package = tmp_path / "entente"
    shutil.copytree(ROOT / "model", package)
    for part in ("agents", "configs"):
        shutil.copytree(ROOT / part, package / part)
    (package / "mechanisms" / f"{name}.py").unlink()
    code = "import entente, sys; sys.stdout.write(entente.__file__); sys.exit(entente.cli.main(['run', '--months', '12', '--no-figures', '--out', 'out']))"
    return subprocess.run(
        [sys.executable, "-c", f"import entente.cli; {code}"], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_mechanism_whose_file_is_deleted_is_gone_and_the_rest_runs(tmp_path):
    done = without_file("neighbours", tmp_path)
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) in done.stdout
    kept = (tmp_path / "out" / "scenario.yaml").read_text(encoding="utf-8")
    assert "neighbour_mistrust" not in kept
    assert "neighbours" not in kept


def test_what_still_names_a_deleted_mechanism_is_told_by_file_and_line(tmp_path):
    done = without_file("stake", tmp_path)
    assert done.returncode == 2
    assert re.search(r"states/eurasia\.yaml:\d+: states\.RUS\.weight: unknown", done.stderr)


# -- how it is shown ------------------------------------------------------------------------


def said(arguments_: list[str], capsys: pytest.CaptureFixture[str], code: int = 0) -> str:
    """What a command prints: on stdout, or where it fails on stderr."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments_)
    assert stopped.value.code == code
    found = capsys.readouterr()
    if code:
        assert not found.out
        assert "Traceback" not in found.err
        assert found.err.count("\n") == 1
        return found.err
    return found.out


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toastmaking.py").write_text(OWN, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(
        "name: own\nextends: memo-2001\nmechanisms: {toastmaking: {file: toastmaking.py}}\n", encoding="utf-8"
    )
    return tmp_path


def test_all_mechanisms_are_listed_with_a_scenarios_own(own, capsys):
    lines = said(["mechanisms"], capsys).splitlines()
    assert [line.split()[0] for line in lines[1:]] == NAMES
    assert re.search(
        r"^ratchet +off +organs, practice, no linkage.* +drift +model/mechanisms/ratchet.py +Rival",
        "\n".join(lines),
        re.MULTILINE,
    )
    assert said(["mechanisms", "memo-2001"], capsys).splitlines() == lines
    assert [line.split()[0] for line in said(["mechanisms", "own.yaml"], capsys).splitlines()[1:]] == [
        *NAMES,
        "toastmaking",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_one_is_told_in_full(name, capsys):
    text = said(["mechanisms", name], capsys)
    (one,) = (one for one in shipped().all if one.name == name)
    assert f"switches.{name}, {'on' if one.on else 'off'}" in text
    declared = [number.name for number in one.numbers] + [article.rule for article in one.articles]
    declared += [stream.name for stream in one.streams] + [f.__name__ for f in one.functions] + [*one.silenced]
    for word in declared:
        assert word in text
    told = json.loads(said(["mechanisms", name, "--json"], capsys))
    assert told == in_full(one)
    assert (ROOT / told["file"]).is_file()


def test_one_of_a_scenario_or_of_a_file_is_told(own, capsys):
    by_scenario = said(["mechanisms", "toastmaking", "own.yaml"], capsys)
    assert "linear: toasted(toastworth, partners_capability): `w * C`." in by_scenario
    assert said(["mechanisms", "toastmaking.py"], capsys) == by_scenario


def test_the_code_of_both_engines_is_printed(own, capsys):
    text = said(["mechanisms", "--code", "toastmaking", "own.yaml"], capsys)
    interactive, compiled = text.split("# compiled engine")
    assert "toastmaking__toasted(m.dial['toastworth'], partners_capability)" in interactive
    assert "toastmaking__toasted(get(num.dials, DIAL.toastworth), partners_capability)" in compiled
    for part in (interactive.removeprefix("# interactive engine"), compiled):
        compile(part, "printed", "exec")
    assert "ratchet__" in said(["mechanisms", "--code", "ratchet"], capsys)
    assert set(json.loads(said(["mechanisms", "--code", "overlap", "--json"], capsys))) == {
        "interactive",
        "compiled",
    }


def test_words_and_places_are_printed(own, capsys):
    words = said(["mechanisms", "--words"], capsys)
    assert re.search(
        r"^own_threat +a party, a source +intensity 0..2 +P: .* m.states\[i\].perception\[k\] +get\(now.sk, ",
        words,
        re.MULTILINE,
    )
    assert "toastworth" in said(["mechanisms", "own.yaml", "--words"], capsys)
    places = said(["mechanisms", "--places"], capsys).splitlines()
    assert [line.split()[0] for line in places[1:]] == list(PLACES)
    assert {row["name"] for row in json.loads(said(["mechanisms", "--words", "--json"], capsys))} == {
        row.name for row in word_rows(shipped())
    }


def test_every_argument_of_a_mechanism_is_a_word_or_a_sum_of_its_own():
    words = {row.name for row in word_rows(shipped())}
    for one in shipped().all:
        for function in one.functions:
            assert set(arguments(function)) <= words | {sum_.name for sum_ in one.sums}


def test_rows_say_something_in_every_cell_that_must():
    for row in [*word_rows(shipped()), *place_rows(), *mechanism_rows(shipped())]:
        assert all(row.cells()[n] for n in (0, 1, -1)), row
    assert {file_of(one) for one in shipped().all} == {
        f"model/mechanisms/{path.name}" for path in HERE.glob("[!_]*.py")
    }


@pytest.mark.parametrize(
    ("arguments_", "sentence"),
    [
        (["mechanisms", "overlp"], "'overlp': no mechanism or scenario of that name; did you mean overlap?"),
        (["mechanisms", "toastmakin", "own.yaml"], "'toastmakin': no mechanism of that name"),
        (["mechanisms", "--code"], "--code: name the mechanism"),
        (["mechanisms", "--code", "memo-2001"], "--code: name the mechanism"),
        (["mechanisms", "--words", "--places"], "ask for one of them"),
        (["mechanisms", "nowhere.py"], "nowhere.py"),
        (["mechanisms", "nowhere.yaml"], "no such file"),
        (["check", "nowhere.py"], "nowhere.py"),
        (["new", "--mechanism", "ratchet"], "comes with the model"),
        (["new", "--mechanism", "calendar"], "comes with the model"),
        (["new", "--mechanism", "Two Words"], "small letters"),
        (["new", "--mechanism", "class"], "small letters"),
    ],
)
def test_what_is_asked_wrongly_is_told_in_one_sentence(own, arguments_, sentence, capsys):
    assert sentence in said(arguments_, capsys, code=2)


# -- how it is checked and written ----------------------------------------------------------


def test_check_takes_files_and_scenarios(own, capsys):
    assert "toastmaking.py: fine: toastmaking: 1 number, 1 function, at linear" in said(
        ["check", "toastmaking.py"], capsys
    )
    assert "1 mechanisms of its own" in said(["check", "own.yaml"], capsys)
    (own / "toastmaking.py").write_text(
        OWN.replace("* partners_capability\n", "/ partners_capability\n"), encoding="utf-8"
    )
    assert said(["check", "toastmaking.py"], capsys)
    (own / "toastmaking.py").write_text(
        OWN.replace("return toastworth", "return 1.0 / toastworth"), encoding="utf-8"
    )
    for file in ("toastmaking.py", "own.yaml"):
        assert "toastmaking: toasted: divides by 0 at toastworth 0" in said(["check", file], capsys, code=2)


def test_a_first_mechanism_is_fine_as_it_is_and_with_all_its_examples(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert "check it with: entente check old_ties.py" in said(["new", "--mechanism", "old_ties"], capsys)
    assert "fine: old_ties: 1 number, 1 function, at linear" in said(["check", "old_ties.py"], capsys)
    assert "exists already" in said(["new", "--mechanism", "old_ties"], capsys, code=2)
    written = (tmp_path / "old_ties.py").read_text(encoding="utf-8")
    whole = re.sub(r"^#(?=\S|    )", "", written, flags=re.MULTILINE)
    assert whole != written
    one = from_text(whole, "old_ties.py")
    assert one.sums
    assert one.streams
    assert len(one.numbers) == 2
    check_contract(one)
    check_switched_off([one])
    with_examples = run(load_scenario("record-1992", {"months": 12}, [one]), 0).trajectory["depth"]
    assert np.isfinite(with_examples).all()
    assert all(len(line) <= 120 for line in MECHANISM.splitlines())


def test_a_set_needs_names_that_differ():
    one, other = Mechanism("one", "One."), Mechanism("one", "One more.")
    with pytest.raises(InputError, match="one: another mechanism has this name"):
        Mechanisms([one, other])


def test_the_package_under_test_is_this_one():
    assert Path(entente.__file__).resolve().parent == ROOT / "model"

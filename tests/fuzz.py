"""Hostile files: valid ones of every kind, mutated by a seed, and the reader of each.

    python -m tests.fuzz SECONDS [SEED]     as long as one likes; prints every violation with its seed and case

A reader may take what it is given or refuse it in one sentence. Anything else is a violation.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from entente import load_run, load_scenario, run
from entente.analysis.question import load_question
from entente.cli import main
from entente.counsel.decision import load_decision
from entente.counsel.grade import read_ledger
from entente.counsel.seal import load_forecast, read_seal, seal
from entente.data.ladder import load_ladder
from entente.data.mapping import load_mapping
from entente.errors import InputError
from entente.evidence.record import load_record
from entente.experiments.parquet import parquet_bytes
from entente.experiments.plan import make_batch
from entente.experiments.prior import parameter_sets, prior_draws
from entente.page.files import opened_scenario
from entente.schema.load import CONFIGS
from entente.telling.files import scenario_text

HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**63, -(2**63), 10**400, 1e308, -1e308, float("nan"), float("inf"), 1e-320, "", " ", "~", "nan",
    "NO", "1e5", "x" * 300, "9" * 5000, "\x00", "a\nb", "../../etc/passwd", "/dev/zero", "s3://bucket/x", "github://a/b", "é́漢", [], {},
    [[]], [None], {"": None}, {"a": {"a": {"a": 1}}}, "2001-13", "0000-00", "2001-08", "memo-2001", "rus-chn-2001",
)  # fmt: skip
"""What no field expects, or what only some do."""
BYTES = (
    b"\x00",
    b"\xff\xfe",
    b"\r\n",
    b"\t",
    b"'",
    b'"',
    b"{",
    b"]",
    b": ",
    b"- ",
    b"&a *a",
    b"<<: ",
    b"!!python/object:x",
    b",",
    b";",
    b"|",
    b"#",
    b"%",
    b"1e999",
)
SENTENCE = 2000


@dataclass(frozen=True)
class Target:
    """A kind of file: its name, what a valid one holds, and what reads it, given its path."""

    name: str
    content: bytes
    reads: Callable[[Path], Any]


def targets(home: Path) -> list[Target]:
    """Every kind of file that is read back, with a valid example. `home` holds what the examples need beside them."""
    scenario = load_scenario("memo-2001", {"months": 12})
    own = scenario_text(scenario).encode()
    small = b"extends: memo-2001\nmonths: 6\nbehaviour: {rise: 0.3}\ninterventions: {a: {kind: shock, month: 2001-09, source: nato, size: 1}}\n"
    study = (
        b"name: small\nscenario: memo-2001\nmonths: 6\nreplicates: 2\noutcomes: [depth:rus-chn-2001, rung:tashkent@max]\nkeep: yearly\n"
        b"design: {kind: latin_hypercube, points: 4}\nfactors: {behaviour.linkage: {uniform: [0, 0.5]}, months: {list: [6, 8]}}\n"
    )
    forecast = (CONFIGS / "forecasts" / "shanghai-2030.yaml").read_bytes().replace(b"draws: 2000", b"draws: 2")
    (home / "forecast.yaml").write_bytes(forecast)
    sealed = seal(str(home / "forecast.yaml"), date(2002, 1, 1))
    entry = {
        "name": "a", "digest": sealed.digest, "sealed": "2002-01-01", "graded": "2031-01-01", "answers": ["x", "y"], "answer": "x",
        "source": "s", "probabilities": {"model": [0.5, 0.5]},
    }  # fmt: skip
    ledger = json.dumps({"format": 1, "kind": "ledger", "grades": [entry]}).encode()
    draws = prior_draws(4, 0, scenario)
    record = load_scenario("record-1992")
    found = [
        Target("scenario.yaml", own, load_scenario),
        Target("small.yaml", small, load_scenario),
        Target("page.yaml", small, lambda path: opened_scenario(path.name, path.read_bytes().decode("utf-8", "replace"))),
        Target("study.yaml", study, lambda path: make_batch(str(path))),
        Target("question.yaml", (CONFIGS / "questions" / "raid-size.yaml").read_bytes(), lambda path: load_question(str(path))),
        Target("decision.yaml", (CONFIGS / "decisions" / "keep-apart.yaml").read_bytes().replace(b"0, .4, .8, 1.2", b"0, 1"),
               lambda path: load_decision(str(path))),
        Target("forecast.yaml", forecast, lambda path: load_forecast(str(path))),
        Target("a.seal.json", sealed.text, read_seal),
        Target("ledger.json", ledger, read_ledger),
        Target("record.csv", (CONFIGS / "records" / "rungs-1992-2001.csv").read_bytes(), lambda path: load_record(str(path), record)),
        Target("draws.csv", draws.to_csv(index=False).encode(), lambda path: parameter_sets(str(path), 3, 0, scenario)),
        Target("draws.parquet", parquet_bytes(draws), lambda path: parameter_sets(str(path), 3, 0, scenario)),
        Target("mapping.yaml", next((CONFIGS / "mappings").glob("default.yaml")).read_bytes(), load_mapping),
        Target("ladder.yaml", next((CONFIGS / "mappings").glob("ladder.yaml")).read_bytes(), load_ladder),
    ]  # fmt: skip
    run(scenario, 0, months=3).save(home / "run", figures=False)
    for file in sorted((home / "run").iterdir()):
        if file.is_file():
            found.append(Target(f"run/{file.name}", file.read_bytes(), lambda path: load_run(path.parent)))
    return found


def mutated(content: bytes, kind: str, rng: np.random.Generator) -> bytes:
    """A file like a valid one, with one to four things wrong with it."""
    for _ in range(int(rng.integers(1, 5))):
        if kind in ("yaml", "json") and rng.random() < 0.7:
            content = _restructured(content, kind, rng)
        else:
            content = _scratched(content, rng)
    return content


def _scratched(content: bytes, rng: np.random.Generator) -> bytes:
    """Bytes flipped, put in, taken out, doubled, or cut off."""
    at = int(rng.integers(0, len(content) + 1))
    until = min(at + int(rng.integers(1, 40)), len(content))
    way = int(rng.integers(0, 6))
    if way == 0 and at < len(content):
        return content[:at] + bytes([content[at] ^ (1 << int(rng.integers(0, 8)))]) + content[at + 1 :]
    if way == 1:
        return content[:at] + BYTES[int(rng.integers(0, len(BYTES)))] + content[at:]
    if way == 2:
        return content[:at] + content[until:]
    if way == 3:
        return content[:until] + content[at:]
    if way == 4:
        return content[:at]
    lines = content.splitlines(keepends=True)
    rng.shuffle(lines)
    return b"".join(lines)


def _restructured(content: bytes, kind: str, rng: np.random.Generator) -> bytes:
    """A leaf of another kind, a key gone, renamed or doubled, a part put elsewhere."""
    try:
        data = yaml.safe_load(content) if kind == "yaml" else json.loads(content)
    except (yaml.YAMLError, ValueError, RecursionError):
        return _scratched(content, rng)
    places = list(_places(data))
    if not places:
        return _scratched(content, rng)
    holder, key = places[int(rng.integers(0, len(places)))]
    way = int(rng.integers(0, 4))
    if way == 0:
        holder[key] = HOSTILE[int(rng.integers(0, len(HOSTILE)))]
    elif way == 1:
        del holder[key]
    elif way == 2 and isinstance(holder, dict):
        holder[str(HOSTILE[int(rng.integers(0, len(HOSTILE)))])[:400] or "x"] = holder.pop(key)
    else:
        other, place = places[int(rng.integers(0, len(places)))]
        holder[key] = json.loads(json.dumps(other[place], default=str))
    try:
        return yaml.safe_dump(data, sort_keys=False).encode() if kind == "yaml" else json.dumps(data).encode()
    except (yaml.YAMLError, ValueError, RecursionError, KeyError):
        return content


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(data, dict | list):
        for key in list(data) if isinstance(data, dict) else range(len(data)):
            yield data, key
            yield from _places(data[key])


def violation(target: Target, content: bytes, home: Path) -> str:
    """What is wrong with how a reader takes a file; empty where it takes it, or refuses it in a sentence."""
    path = home / target.name
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    try:
        target.reads(path)
    except InputError as error:
        words = str(error)
        if "\n" in words or not words.strip() or len(words) > SENTENCE:
            return f"no sentence: {words[:200]!r}"
    except Exception:
        return traceback.format_exc(limit=-4)
    finally:
        if before is not None:
            path.write_bytes(before)
    return ""


OPTIONS: dict[str, tuple[str, ...]] = {
    "run": (
        "--seed",
        "--replicate",
        "--months",
        "--set",
        "--out",
        "--futures",
        "--from",
        "--engine",
        "--parameters",
        "--draw",
    ),
    "show": ("--set",),
    "check": ("--set", "--mechanism"),
    "batch": ("--out", "--workers", "--block", "--parameters", "--scheduler"),
    "compare": (
        "--without",
        "--without-treaty",
        "--without-event",
        "--set",
        "--outcome",
        "--parameters",
        "--when",
    ),
    "threshold": ("--probability", "--by", "--parameters", "--out"),
    "hindcast": ("--horizons", "--parameters", "--rival"),
    "decide": ("--probability", "--by", "--parameters", "--out"),
    "seal": ("--parameters", "--again", "--out"),
    "grade": ("--answer", "--source", "--ledger"),
    "brief": ("--by", "--treaty", "--record", "--parameters"),
    "why": ("--month",),
}
"""Options that take a value, by command."""


REAL = {
    "run": ("run", "memo-2001", "--months", "1", "--no-figures"), "show": ("show", "memo-2001"), "check": ("check", "memo-2001"),
    "compare": ("compare", "memo-2001", "no-such-other"), "why": ("why", "no-such-run", "no-such-treaty"),
}  # fmt: skip


def option_violation(rng: np.random.Generator) -> tuple[list[str], str]:
    """A command with one hostile value, and what is wrong with how it ends.

    What is quick works on a real scenario; of all else the subject does not exist, so that no long work is begun.
    """
    command = list(OPTIONS)[int(rng.integers(0, len(OPTIONS)))]
    option = OPTIONS[command][int(rng.integers(0, len(OPTIONS[command])))]
    value = HOSTILE[int(rng.integers(0, len(HOSTILE)))]
    text = str(value)[:6000].replace("\x00", "\\0")
    arguments = [*REAL.get(command, (command, "no-such-thing")), option, text]
    try:
        main(arguments)
    except SystemExit as end:
        return arguments, "" if end.code in (0, 2, 3) else f"ended with {end.code}"
    except BaseException:
        return arguments, traceback.format_exc(limit=-4)
    return arguments, "came back without an exit code"


def attack(seed: int, cases: int | None = None, seconds: float | None = None) -> tuple[Counter[str], list[str]]:
    """Cases by target, and the violations found, over a number of cases or of seconds."""
    counted: Counter[str] = Counter()
    found: list[str] = []
    home = Path(tempfile.mkdtemp(prefix="fuzz-"))
    try:
        known = targets(home)
        until = time.monotonic() + (seconds if seconds is not None else float("inf"))
        case = 0
        while time.monotonic() < until and (cases is None or case < cases):
            rng = np.random.default_rng([seed, case])
            target = known[case % len(known)]
            content = mutated(target.content, target.name.rpartition(".")[2], rng)
            wrong = violation(target, content, home)
            counted[target.name] += 1
            if wrong:
                found.append(f"{target.name}, seed {seed}, case {case}: {wrong}")
            case += 1
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return counted, found


if __name__ == "__main__":
    length, first = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns() % 2**31
    by_target, violations = attack(first, seconds=length)
    for words in violations:
        print(words)
    total = sum(by_target.values())
    print(f"seed {first}: {total:,} cases, {60 * total / length:,.0f} a minute, {len(violations)} violations")
    print(", ".join(f"{name} {count}" for name, count in by_target.most_common()))
    sys.exit(1 if violations else 0)

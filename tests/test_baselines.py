"""The shipped scenarios do what their baselines say, on every supported Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .baselines import FOLDER, YEARS, baseline, read_baseline, text

TOLERANCE = 1e-9


def differences(kept: Any, found: Any, at: str) -> Iterator[str]:
    """Where two baselines differ: numbers by more than the tolerance, all else at all."""
    if isinstance(kept, dict) and isinstance(found, dict):
        for key in kept.keys() | found.keys():
            where = f"{at}.{key}"
            if key not in kept:
                yield f"{where}: not in the baseline"
            elif key not in found:
                yield f"{where}: in the baseline, and not in the run"
            else:
                yield from differences(kept[key], found[key], where)
    elif isinstance(kept, float) and isinstance(found, float):
        if not abs(kept - found) <= TOLERANCE:
            yield f"{at}: {found!r}, the baseline says {kept!r}"
    elif type(kept) is not type(found) or kept != found:
        yield f"{at}: {found!r}, the baseline says {kept!r}"


@pytest.mark.parity
@pytest.mark.parametrize("scenario", YEARS)
def test_a_scenario_does_what_its_baseline_says(scenario):
    found = sorted(differences(read_baseline(scenario), baseline(scenario), scenario))
    assert not found, "make baselines, if this is meant:\n" + "\n".join(found)


def test_every_baseline_is_compared():
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(YEARS)


def test_a_baseline_file_holds_every_number_in_full(tmp_path, monkeypatch):
    kept = {
        "scenario": "s",
        "seed": 0,
        "decembers": {
            "2001": {
                "treaties": {"t": {"depth": 0.1 + 0.2, "rung": 3, "obligation": 2, "members": ["A", "B"]}},
                "RUS-CHN": 1e-17,
                "threat": {"A": 1 / 3, "B": 0.0},
            },
            "2002": {"treaties": {}, "RUS-CHN": 0.0, "threat": {"A": 2.0}},
        },
    }
    monkeypatch.setattr("tests.baselines.FOLDER", tmp_path)
    (tmp_path / "s.yaml").write_text(text(kept), encoding="utf-8")
    assert read_baseline("s") == kept


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("2001",), None, "s.decembers.2001: in the baseline, and not in the run"),
        (("2001", "treaties", "t"), None, "s.decembers.2001.treaties.t: in the baseline, and not in the run"),
        (("2001", "treaties", "u"), {}, "s.decembers.2001.treaties.u: not in the baseline"),
        (("2001", "treaties", "t", "rung"), 4, "s.decembers.2001.treaties.t.rung: 4, the baseline says 3"),
        (("2001", "treaties", "t", "members"), ["A"], "members: ['A'], the baseline says ['A', 'B']"),
        (("2001", "threat", "A"), 0.5 + 2e-9, "threat.A: 0.500000002, the baseline says 0.5"),
        (("2001", "threat", "A"), float("nan"), "threat.A: nan, the baseline says 0.5"),
        (("2001", "threat", "A"), 0.5 + 1e-10, None),
    ],
)
def test_what_differs_from_a_baseline_is_told(path, value, message):
    def made():
        tie = {"depth": 0.25, "rung": 3, "obligation": 2, "members": ["A", "B"]}
        return {"decembers": {"2001": {"treaties": {"t": tie}, "threat": {"A": 0.5}}}}

    found = made()
    here = found["decembers"]
    for part in path[:-1]:
        here = here[part]
    if value is None:
        del here[path[-1]]
    else:
        here[path[-1]] = value
    told = list(differences(made(), found, "s"))
    assert len(told) == (message is not None)
    assert message is None or told[0].endswith(message)

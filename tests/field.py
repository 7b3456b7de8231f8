"""Small made-up files in the form of the field's data sets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

YEARS = range(1985, 2001)
USA, AUS, NZL, RUS, IDN = 2, 900, 920, 365, 850
AFRICA = (500, 501, 510, 516, 517, 520, 522, 530, 531, 540, 541, 551)
TEXT = {
    "defense": 0,
    "offense": 0,
    "neutral": 0,
    "nonagg": 0,
    "consul": 0,
    "speclgth": 0,
    "length": 0,
    "renewlgt": 0,
}


def member(atopid: int, code: int, begin: int, end: int = 0, phase: int = 0, **text: int) -> dict[str, int]:
    """A row of the file of members; text is as in ATOP."""
    dates = {"yrent": begin, "moent": 3, "yrexit": end, "moexit": 9 if end else 0, "phase": phase}
    return {"atopid": atopid, "member": code, **dates, **TEXT, "noothall": 0, "organ1": 0, "base": 0, **text}


def frames() -> dict[str, pd.DataFrame]:
    """The files: a pact of three, one of two signed later with a term and two texts, and one large."""
    sizes = {USA: 0.14, AUS: 0.007, NZL: 0.0008, RUS: 0.12, IDN: 0.013}
    nmc = [{"ccode": c, "year": y, "cinc": round(s + y / 1e6, 6)} for c, s in sizes.items() for y in YEARS]
    members = [
        *(member(3000, code, 1952, defense=1, consul=1, noothall=1) for code in (USA, AUS)),
        member(3000, NZL, 1952, 1990, defense=1, consul=1, noothall=1),
        *(member(4000, code, 1988, 1992, 1, nonagg=1, speclgth=1, length=60) for code in (AUS, IDN)),
        *(member(4000, code, 1992, 0, 2, nonagg=1, consul=1) for code in (AUS, IDN)),
        *(member(5000, code, 1975, consul=1) for code in (*AFRICA, AUS, NZL)),
    ]
    disputes = [
        {"dispnum": n, "ccode1": a, "ccode2": b, "year": y, "gmlmidonset": 1, "hostlev": h, "stmon": m}
        for n, a, b, y, h, m in [
            (1, USA, RUS, 1986, 4, 5), (1, RUS, USA, 1986, 4, 5), (2, USA, RUS, 1989, 2, 5),
            (3, AUS, IDN, 1990, 3, -9), (3, IDN, AUS, 1990, 3, -9), (4, NZL, USA, 1991, 4, 2),
        ]
    ]  # fmt: skip
    rivalries = [
        {"rivalry": "a", "ccode1": USA, "ccode2": RUS, "start": 1948, "end": 1991, "principal": 1, "aprin": 1},
        {
            "rivalry": "b",
            "ccode1": AUS,
            "ccode2": RUS,
            "start": 1990,
            "end": 2020,
            "principal": None,
            "aprin": None,
        },
    ]
    dcad = [
        {
            "ccode1": USA,
            "ccode2": NZL,
            "signYear": 1987,
            "signMonth": 4,
            "type": "general",
            "endYearEstimate": 2000,
        },
        {
            "ccode1": IDN,
            "ccode2": AUS,
            "signYear": 1985,
            "signMonth": 4,
            "type": "sector",
            "endYearEstimate": 1990,
        },
        {
            "ccode1": IDN,
            "ccode2": USA,
            "signYear": 2000,
            "signMonth": 4,
            "type": "sector",
            "endYearEstimate": 2000,
        },
    ]
    exercises = [
        {"MMEID": f"m{y}", "gwcode": c, "year": y, "participant_count": 2}
        for y in (1985, 1988, 1990, 2000)
        for c in (USA, AUS)
    ]
    return {
        "nmc": pd.DataFrame(nmc),
        "members": pd.DataFrame(members),
        "disputes": pd.DataFrame(disputes),
        "rivalries": pd.DataFrame(rivalries),
        "dcad": pd.DataFrame(dcad),
        "exercises": pd.DataFrame(exercises),
    }


def write(folder: Path, **changed: pd.DataFrame) -> Path:
    """The files as CSV in a folder; `changed` stand in the place of those of their names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in (frames() | changed).items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder

"""An import on disk, whole or not at all: scenarios, records, the origin of every number, what is judgement."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import yaml

from entente.telling.files import new_folder, whole_folder

from .cases import Case
from .mapping import MappingFile

SOURCES, JUDGEMENT, NOT_BUILT = "sources.csv", "judgement.md", "not-built.csv"
WIDTH = 110

GIVEN = """\
- which rivals are sources at all, and that nothing else is: no source stands for insurgents, a region or a great power
  that no coder has named a rival;
- that a rival's strength does not matter, only that it is one; random shocks are off (`rate` 0), dated ones are all;
- the treaty's rule of decision (unanimity), and that no member is its hub;
- independence and domestic politics of the members, which keep the defaults of the model;
- that a clause which ATOP codes present binds as much in one treaty as in another.
"""


def write_cases(out: Path, cases: Sequence[Case], mapping: MappingFile, not_built: pd.DataFrame | None) -> None:
    """Write `NAME.yaml` and `NAME.csv` for every case, and the tables about all of them."""
    with whole_folder(new_folder(out, f"--out {str(out)!r}")) as folder:
        for case in cases:
            text = yaml.safe_dump(case.built.world, sort_keys=False, allow_unicode=True, width=WIDTH)
            (folder / f"{case.name}.yaml").write_text(text, encoding="utf-8")
            if case.record is not None:
                case.record.to_csv(folder / f"{case.name}.csv", index=False, lineterminator="\n")
        origins(cases).to_csv(folder / SOURCES, index=False, lineterminator="\n")
        (folder / JUDGEMENT).write_text(judgement(cases, mapping), encoding="utf-8")
        if not_built is not None:
            not_built.to_csv(folder / NOT_BUILT, index=False, lineterminator="\n")


def origins(cases: Sequence[Case]) -> pd.DataFrame:
    """Where every number of every scenario comes from, a row a number."""
    return (
        pd.concat(
            [pd.DataFrame(case.built.ledger.rows).assign(scenario=case.name) for case in cases], ignore_index=True
        )
        .set_index("scenario")
        .reset_index()
    )


def judgement(cases: Sequence[Case], mapping: MappingFile) -> str:
    """What of some scenarios is judgement: the entries of the mapping on which numbers rest, and what was given."""
    counts: dict[str, int] = {}
    for case in cases:
        for row in case.built.ledger.rows:
            for key in filter(None, row["mapping"].split(", ")):
                counts[key] = counts.get(key, 0) + 1
    lines = [
        "# What remains judgement",
        "",
        f"{len(cases)} scenario{'' if len(cases) == 1 else 's'} made from data sets. Every number has a row in "
        f"`{SOURCES}`. The numbers below rest on an assumption of the mapping, which `--mapping FILE` replaces.",
        "",
        "| entry | value | numbers | because |",
        "| --- | --- | --- | --- |",
    ]
    for key, count in sorted(counts.items()):
        value, because = mapping.because(key)
        lines.append(f"| `{key}` | {value} | {count} | {because} |")
    lines += ["", "No data set says, and the mapping takes as given:", "", GIVEN]
    without = [case.name for case in cases if case.record is None]
    if without:
        some = ", ".join(without[:5]) + (", ..." if len(without) > 5 else "")
        lines += [
            f"No record of practice was written for {len(without)} of {len(cases)} ({some}): the practice data were not "
            "given or do not have them, and a list of obligations in force (ATOP) is no practice.",
            "",
        ]
    notes = [f"- {case.name}: {note}" for case in cases for note in case.built.notes]
    if notes:
        lines += ["Left out:", "", *notes, ""]
    return "\n".join(lines)

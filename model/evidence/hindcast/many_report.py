"""What is left of the scores of many ties: tables, figures, and a report that needs nothing else."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from entente.experiments.parquet import parquet_bytes
from entente.experiments.places import write_whole
from entente.telling.drawing import images

from .many import REPORT
from .many_charts import figures
from .pooled import MARKOV, MODEL, NAMES, WHOLE, Pooled

DIFFERENCES = ["rps_less", "rps_low", "rps_high", "rps_low_states", "rps_high_states"]
TEMPLATE = "many.html.j2"
CAPTIONS = {
    "horizons": "Scores of the model and of forecasts that know less, and by how much they differ.",
    "groups": "Where the model gains and loses.",
    "reliability": "What came where a move was given a chance.",
    "moves": "Moves from the rung known at the origin: foreseen, missed, and foretold in vain.",
    "pace": "How much runs move, and how much the record does.",
    "ties": "The ties at which the model gains and loses most, and what told most there.",
}


def overview(found: Pooled) -> dict[str, Any]:
    """What `entente hindcast FOLDER --json` prints."""
    summary = found.summary
    by = "horizon" if found.many.plan.horizons else WHOLE
    groups: dict[str, Any] = {}
    for row in summary[summary["by"].isin((WHOLE, by))].to_dict("records"):
        keys = ["cells", "rps", "log_score", "bias"]
        keys += [] if row["forecast"] == MODEL else DIFFERENCES
        values = {key: None if row[key] != row[key] else row[key] for key in keys}
        groups.setdefault(str(row["group"]), {})[row["forecast"]] = values
    return {
        **found.many.asked, "ties": len(found.ties), "failed": len(found.many.failed), "scores": groups,
        "pace": {
            str(row["who"]): {key: None if row[key] != row[key] else row[key] for key in ("rises", "falls", "leaps")}
            for row in found.pace.to_dict("records") if row["who"] in (MODEL, "record")
        },
        "better_than_chain": float((found.ties["rps_less"] < 0).mean()),
    }  # fmt: skip


def in_short(found: Pooled) -> list[str]:
    """The result in sentences."""
    summary, pace = found.summary, {str(row["who"]): row for row in found.pace.to_dict("records")}
    by = "horizon" if found.many.plan.horizons else WHOLE
    said = []
    for group in summary.loc[summary["by"] == by, "group"].unique():
        rows = summary[(summary["by"] == by) & (summary["group"] == group)]
        own = {str(row["forecast"]): row for row in rows.to_dict("records")}
        gap, model = own[MARKOV], own[MODEL]
        how = (
            "better"
            if gap["rps_high"] < 0
            else "worse"
            if gap["rps_low"] > 0
            else "neither better nor worse, as far as can be told,"
        )
        where = "All years" if by == WHOLE else f"{group} year{'s' if group != '1' else ''} ahead"
        said.append(
            f"{where}: the model scores {model['rps']:.3f}, {how} than the {MARKOV} with {gap['rps']:.3f} "
            f"(difference {gap['rps_less']:+.3f}, 95 % {gap['rps_low']:+.3f} to {gap['rps_high']:+.3f} over ties); "
            f"its level is off by {model['bias']:+.2f} rungs."
        )
    runs, record = pace[MODEL], pace["record"]
    said.append(
        f"A tie and year rises {runs['rises']:.3f} times in runs and {record['rises']:.3f} in the record, falls "
        f"{runs['falls']:.3f} and {record['falls']:.3f}, and leaps two rungs or more {runs['leaps']:.3f} and {record['leaps']:.3f}."
    )
    said.append(
        f"The model scores better than the chain on {(found.ties['rps_less'] < 0).mean():.0%} of {len(found.ties)} ties."
    )
    return said


def write(found: Pooled, out: Path) -> None:
    """Write tables (Parquet and CSV), figures (PNG and SVG) and the report into a folder."""
    for name, table in found.tables.items():
        write_whole(out / f"{name}.parquet", parquet_bytes(table))
        if name != "scores":
            write_whole(out / f"{name}.csv", table.to_csv(index=False).encode())
    pictures = {}
    for name, figure in figures(found).items():
        for kind, content in (made := images(figure)).items():
            write_whole(out / f"{name}.{kind}", content)
        pictures[name] = made["png"]
    write_whole(out / "hindcast.json", (json.dumps(overview(found), indent=1) + "\n").encode())
    write_whole(out / REPORT, report_html(found, pictures).encode())


def report_html(found: Pooled, pictures: dict[str, bytes]) -> str:
    """The report as HTML with its figures inlined; it holds no time and no path."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    page = Environment(
        loader=PackageLoader("entente.evidence.hindcast", "."), autoescape=True, undefined=StrictUndefined
    )
    return page.get_template(TEMPLATE).render(
        asked=found.many.asked, ties=len(found.ties), short=in_short(found), names=NAMES,
        summary=found.summary.to_dict("records"), every=found.ties.to_dict("records"),
        failed=found.many.failed.to_dict("records"),
        figures=[
            {"caption": CAPTIONS[name], "data": base64.b64encode(pictures[name]).decode()}
            for name in CAPTIONS if name in pictures
        ],
    )  # fmt: skip

"""What a calibration to many ties leaves: tables, a report, sentences."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from entente.experiments.parquet import parquet_bytes
from entente.experiments.places import write_whole

from ..likelihood import effective, log_evidence
from .calibrate import KEPT
from .checks import predictive_checks, synthetic_many, told
from .diagnostics import INFORMED
from .many import (
    LEAST,
    ManyTies,
    evidence_table,
    parameter_table,
    population_table,
    verdict,
    write_many,
)

TABLES, POSTERIOR = "tables", "posterior.parquet"


@dataclass(frozen=True)
class Outcome:
    """A calibration summed up: the report, which is plain JSON, and tables by name."""

    report: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    ranks: pd.DataFrame


def sum_up(found: ManyTies, synthetic: int) -> Outcome:
    """Everything that is told of a calibration; the method is tried on `synthetic` sets of records."""
    scores = found.scores()
    tables = {
        "held": scores,
        "evidence": evidence_table(found),
        "parameters": parameter_table(found),
        "population": population_table(found),
        "checks": predictive_checks(found),
        "ties": _ties(found, scores),
        "failed": found.failed,
    }
    fitted = found.pool.only(found.fitted)
    ranks, behind = synthetic_many(fitted, synthetic, found.seed)
    alone, behind_alone = synthetic_many(fitted, synthetic, found.seed, ties=1)
    table = tables["parameters"]
    report = {
        "folder": str(found.folder), "seed": found.seed, "draws": len(found.pool.design),
        "replicates": found.pool.ties[0].rungs.shape[1], "hierarchical": found.hierarchical,
        "ties": len(found.pool.ties), "fitted": len(found.fitted), "held": len(found.held), "folds": len(found.splits),
        "cells": sum(len(tie.record.cells) for tie in found.pool.ties), "failed": len(found.failed),
        "effective_draws": effective(found.fit.weights), "power": found.fit.power, **verdict(found, scores),
        "evidence": _rows(tables["evidence"]), "population": _rows(tables["population"]),
        "informed": table["path"][table["ks"] >= INFORMED].tolist(), "parameters": _rows(table),
        "checks": _rows(tables["checks"]), "failures": _rows(found.failed),
        "synthetic": {"all_ties": told(ranks, behind), "one_tie": told(alone, behind_alone)},
    }  # fmt: skip
    return Outcome(report, tables | {"synthetic": ranks}, ranks)


def write(found: ManyTies, told_of: Outcome, out: Path, keep: int = KEPT) -> None:
    """Write tables, report and, only where it forecasts held ties better than the prior, the posterior."""
    for name, table in told_of.tables.items():
        write_whole(out / TABLES / f"{name}.parquet", parquet_bytes(table))
        write_whole(out / TABLES / f"{name}.csv", table.to_csv(index=False).encode())
    write_whole(out / "calibration.json", (json.dumps(told_of.report, indent=1) + "\n").encode())
    path = out / POSTERIOR
    if told_of.report["better"]:
        write_many(found, path, keep)
        return
    for old in out.glob(f"{path.stem}*{path.suffix}"):
        old.unlink()


def words(report: dict[str, Any], out: Path) -> str:
    """The report in lines."""
    lines = [
        f"{report['ties']} ties, {report['cells']:,} cells; {report['fitted']} ties fitted, {report['held']} scored by a fit "
        f"without them; {report['draws']:,} draws of {report['replicates']} runs",
        *([f"{report['failed']} ties were left out; see {out / TABLES / 'failed.csv'}"] if report["failed"] else []),
        _behind(report),
        "evidence, log: all ties under the same parameters (draws behind it); each under its own; rps of held ties: "
        "prior, posterior",
    ]  # fmt: skip
    lines += [
        f"  {row['model']:<14} {row['pooled']:10.1f} ({row['effective']:,.1f}) {row['alone']:10.1f} "
        f"+- {row['alone_error']:.1f}  {row['rps_prior']:.4f} {row['rps_posterior']:.4f}"
        for row in report["evidence"]
    ]
    for row in report["population"]:
        lines.append(
            f"  {row['path']:<24} varies: mean {row['mean']:.3g} ({row['mean_low']:.3g} to {row['mean_high']:.3g}), spread "
            f"{row['spread']:.2f} of the prior ({row['spread_low']:.2f} to {row['spread_high']:.2f})"
        )
    lines.append(
        f"{len(report['informed'])} of {len(report['parameters'])} parameters and factors have moved by a tenth or more"
        + (": " if report["informed"] else "")
        + ", ".join(report["informed"])
    )
    return "\n".join([*lines, _verdict(report), f"Everything is in {out}"]) + "\n"


def _behind(report: dict[str, Any]) -> str:
    """How many draws stand behind the posterior; where they are too few, what helps."""
    count = f"{report['effective_draws']:,.0f} effective draws"
    if report["power"] < 1:
        joint = next(row["effective"] for row in report["evidence"] if row["model"] == "model")
        return (
            f"All ties together leave {joint:,.1f} effective draws, too few, so the likelihood of the fitted ones is raised "
            f"to the power {report['power']:.2g}, which leaves {count}: wider than the posterior; --hierarchical helps, "
            "which needs no draw that suits all ties, or fewer ties, and more --draws only a little"
        )
    if report["hierarchical"] and not report["population"]:
        return "No parameter gains more by varying between ties than the best of all would by chance, so none does"
    few = report["effective_draws"] < LEAST
    return f"{count} stand behind the posterior" + ("; too few: ask for more --draws" if few else "")


def _verdict(report: dict[str, Any]) -> str:
    gap = report["rps_difference"]
    interval = f"{gap['mean']:+.4f} ({gap['low']:+.4f} to {gap['high']:+.4f}, 95 %)"
    if not report["better"]:
        return f"On {report['held']} held ties the posterior scores no better than the prior, {interval}: no posterior is written"
    sure = "" if gap["high"] < 0 else ", an interval that includes no difference"
    return f"On {report['held']} held ties the posterior scores better than the prior, {interval}{sure}: {POSTERIOR} is written"


def _ties(found: ManyTies, scores: pd.DataFrame) -> pd.DataFrame:
    """A row a tie: cells, what a cell counts, whether it was fitted or held, log evidence of each model for it alone."""
    table = pd.DataFrame(
        {
            "name": found.pool.names,
            "cells": [len(tie.record.cells) for tie in found.pool.ties],
            "cell_weight": [tie.record.weight for tie in found.pool.ties],
            "held": [name in set(scores["name"]) for name in found.pool.names],
        }
    )
    for name, pool in found.pools.items():
        table[name] = [log_evidence(row) for row in pool.log_likelihood]
    return table


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=10))
    return rows

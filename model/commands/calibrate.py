"""`entente calibrate`: weigh draws from the prior by the record up to August 2001."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer


def calibrate(
    record: Annotated[str, typer.Argument(help="Record of configs/records, or a .csv file.")] = "rungs-1992-2001",
    draws: Annotated[int, typer.Option(min=4, help="Draws from the prior, a multiple of 4.")] = 20_000,
    replicates: Annotated[
        int, typer.Option(min=1, help="Runs of each draw, over which likelihood is averaged.")
    ] = 4,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws and of the noise.")] = 0,
    keep: Annotated[int, typer.Option(min=1, help="Posterior draws that are kept.")] = 400,
    synthetic: Annotated[int, typer.Option(min=2, help="Synthetic records that the method is tried on.")] = 200,
    out: Annotated[Path, typer.Option(help="Folder of the runs, the posterior and the figures.")] = Path(
        "runs/calibration"
    ),
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; default all cores.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew in a folder that holds a study.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Calibrate to the record up to August 2001; interrupted, the same command goes on where it stopped."""
    from entente.evidence.calibrate import calibrate as fit
    from entente.evidence.calibrate import write_posterior
    from entente.evidence.charts import save
    from entente.evidence.diagnostics import report as sum_up
    from entente.evidence.diagnostics import synthetic_ranks, unevenness
    from entente.evidence.portraits import calibration_figures
    from entente.experiments.places import write_whole
    from entente.screen import note, runs_progress

    with runs_progress(draws * replicates, "calibration") as advance:
        found = fit(out, record, draws, replicates, seed, workers, fresh, advance, note)
    ranks = synthetic_ranks(found, min(synthetic, draws))
    report = {"run_dir": str(out), **sum_up(found), "synthetic": unevenness(ranks)}
    if report["effective_draws"] < keep:
        note(
            f"Only {report['effective_draws']:.0f} effective draws stand behind the {keep} kept; ask for more --draws"
        )
    write_posterior(found, out / "posterior.parquet", keep)
    write_whole(out / "calibration.json", (json.dumps(report, indent=1) + "\n").encode())
    save(calibration_figures(found, ranks), out / "figures")
    sys.stdout.write(json.dumps(report, allow_nan=False) + "\n" if as_json else _words(report))


def _words(report: dict[str, Any]) -> str:
    """What was learned, in lines."""
    evidence = {"all ties": report["log_evidence"], **report["log_evidence"]["ties"]}
    lines = [
        f"{report['draws']:,} draws, {report['effective_draws']:,.0f} effective; R-hat {report['r_hat']:.3f}",
        "log evidence of the rungs: model, ratchet, persistence",
        *(
            f"  {tie:<24} {values['model']:7.2f} {values['ratchet']:7.2f} {values['persistence']:7.2f}"
            for tie, values in evidence.items()
        ),
        f"the record says something of {len(report['informed'])} of {len(report['parameters'])} parameters:",
    ]
    for path in report["informed"]:
        row = report["parameters"][path]
        lines.append(
            f"  {path:<24} prior {row['prior_low']:g} to {row['prior_high']:g}, "
            f"posterior {row['low']:.3g} to {row['high']:.3g} (90 %), median {row['median']:.3g}"
        )
    return "\n".join([*lines, f"Everything is in {report['run_dir']}"]) + "\n"

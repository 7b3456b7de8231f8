"""`entente calibrate`: weigh draws from the prior by the record up to August 2001, or by the records of many ties."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

DRAWS = 20_000


def calibrate(
    record: Annotated[
        str,
        typer.Argument(help="Record of configs/records, a .csv file, or a folder of NAME.yaml with NAME.csv."),
    ] = "rungs-1992-2001",
    draws: Annotated[
        int | None,
        typer.Option(min=4, help="Draws from the prior, a multiple of 4; default 20000, of a folder 2000."),
    ] = None,
    replicates: Annotated[
        int, typer.Option(min=1, help="Runs of each draw, over which likelihood is averaged.")
    ] = 4,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws and of the noise.")] = 0,
    keep: Annotated[int, typer.Option(min=1, help="Posterior draws that are kept.")] = 400,
    synthetic: Annotated[int, typer.Option(min=2, help="Synthetic records that the method is tried on.")] = 200,
    hierarchical: Annotated[
        bool, typer.Option("--hierarchical", help="Folder: parameters that gain most vary between ties.")
    ] = False,
    held: Annotated[
        float, typer.Option(min=0, max=1, help="Folder: share of the ties that is not fitted, but scored.")
    ] = 0.3,
    folds: Annotated[
        int | None,
        typer.Option(min=2, help="Folder: hold ties back in so many groups in turn, in place of --held."),
    ] = None,
    rivals: Annotated[bool, typer.Option("--rivals/--no-rivals", help="Folder: the rivals' evidence too.")] = True,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the runs, the posterior and the figures; default runs/calibration[-FOLDER]."),
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; default all cores.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew in a folder that holds a study.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Calibrate to the record up to August 2001, or to a folder of ties; the same command goes on where it was stopped.

    Example: entente calibrate --draws 4000 --out calibration
    """
    if Path(record).is_dir():
        _many(Path(record), out, draws, replicates, seed, keep, synthetic, hierarchical, held, folds, rivals, workers,
              fresh, as_json)  # fmt: skip
    else:
        place = out or Path("runs/calibration")
        _one(record, draws or DRAWS, replicates, seed, keep, synthetic, place, workers, fresh, as_json)


def _one(
    record: str,
    draws: int,
    replicates: int,
    seed: int,
    keep: int,
    synthetic: int,
    out: Path,
    workers: int | None,
    fresh: bool,
    as_json: bool,
) -> None:
    """The record of the scenario that ships."""
    from entente.evidence.calibration.calibrate import calibrate as fit
    from entente.evidence.calibration.calibrate import write_posterior
    from entente.evidence.calibration.diagnostics import report as sum_up
    from entente.evidence.calibration.diagnostics import synthetic_ranks, unevenness
    from entente.evidence.calibration.portraits import calibration_figures
    from entente.evidence.hindcast.charts import save
    from entente.experiments.extras import need
    from entente.experiments.places import write_whole
    from entente.screen import note, runs_progress

    need("calibrate", "arviz", "studies")
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


def _many(
    folder: Path,
    out: Path | None,
    draws: int | None,
    replicates: int,
    seed: int,
    keep: int,
    synthetic: int,
    hierarchical: bool,
    held: float,
    folds: int | None,
    rivals: bool,
    workers: int | None,
    fresh: bool,
    as_json: bool,
) -> None:
    """A folder of ties."""
    from entente.evidence.calibration.figures import many_figures
    from entente.evidence.calibration.many import DRAWS as FOR_MANY
    from entente.evidence.calibration.many import calibrate_many, many_runs
    from entente.evidence.calibration.report import sum_up, words, write
    from entente.evidence.hindcast.charts import save
    from entente.experiments.kept import KEPT
    from entente.screen import note, runs_progress

    place = out or Path("runs") / f"calibration-{folder.resolve().name}"
    number = draws or FOR_MANY
    if fresh:
        for file in (place / KEPT).glob("*.parquet"):
            file.unlink()
    with runs_progress(many_runs(folder, number, replicates, rivals), f"calibration of {folder.name}") as advance:
        found = calibrate_many(
            folder, place, number, replicates, seed, held, folds, hierarchical, rivals, workers, advance, note
        )
    told = sum_up(found, min(synthetic, number))
    write(found, told, place, keep)
    save(many_figures(found, told), place / "figures")
    report = {"run_dir": str(place), **told.report}
    sys.stdout.write(json.dumps(report, allow_nan=False) + "\n" if as_json else words(told.report, place))


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

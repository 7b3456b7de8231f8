"""What the model says to the claims: rows for programs, a table for people, a folder with everything."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from entente.experiments.parquet import parquet_bytes
from entente.experiments.places import write_whole
from entente.telling.drawing import images

from . import BEFORE, CLAIMS
from .charts import claims_figure
from .evaluate import Evidence

STYLES = {"holds": "green", "contested": "yellow", "fails": "red"}


def json_rows(claims: pd.DataFrame) -> list[dict[str, Any]]:
    """A plain record a claim; what is not tested has None for its numbers."""
    plain = claims.astype(object).where(claims.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict(orient="records")]


def number(value: float) -> str:
    """A short number that does not hide a small effect behind zeros."""
    return f"{value:+.3f}" if abs(value) >= 0.0005 or value == 0 else f"{value:+.0e}"


def least_part(parts: pd.DataFrame, id_: str) -> str:
    """The required margin of a claim that refutes it most, in words; empty where it has one only, or none refutes."""
    own = parts[(parts["id"] == id_) & parts["required"].astype(bool)]
    if len(own) < 2 or own["share"].min() == 1:
        return ""
    least = own.sort_values("share", kind="stable").to_dict("records")[0]
    return f"least: {least['part']} {least['share']:.2f}"


def share_before(parts: pd.DataFrame, id_: str) -> float | None:
    """The share of draws that confirm a claim as it was read before; None where it is read as ever."""
    own = parts[(parts["id"] == id_) & (parts["part"] == BEFORE)]
    return float(own["share"].iloc[0]) if len(own) else None


def print_table(found: Evidence, rival: str | None) -> None:
    """One row a claim on the terminal."""
    draws = len(found.draws)
    table = Table(title=f"The memo's claims over {draws:,} draws" + (f", rival {rival}" if rival else ""))
    for name in ("claim", "", "share", "effect", "95 % of the mean", "verdict"):
        table.add_column(name, justify="right" if name in ("share", "effect") else "left")
    for row in json_rows(found.claims):
        claim, verdict = CLAIMS[row["id"]], row["verdict"]
        style = STYLES.get(verdict, "dim")
        numbers = ("", "", "")
        if row["share"] is not None:
            interval = f"{number(row['low'])} to {number(row['high'])}"
            numbers = (f"{row['share']:.2f}", f"{number(row['effect'])} {claim.unit}", interval)
        beside = [least_part(found.parts, row["id"])]
        if (old := share_before(found.parts, row["id"])) is not None:
            beside.append(f"{BEFORE}: {old:.2f}")
        words = "\n".join([claim.words, *(f"[dim]{text}[/dim]" for text in beside if text)])
        table.add_row(claim.id, words, *numbers, f"[{style}]{verdict}[/{style}]")
    counts = found.claims["verdict"].value_counts()
    table.caption = ", ".join(f"{counts[name]} {name}" for name in counts.index)
    console = Console()
    Console(width=max(console.width, 140)).print(table)


def keep(found: Evidence, folder: Path, settings: dict[str, Any]) -> None:
    """Write tables, figure and settings into a new or empty folder; the manifest comes last."""
    frames = {"claims": found.claims, "parts": found.parts, "effects": found.effects, "draws": found.draws}
    seconds = found.claims["seconds"].tolist()
    frames["claims"] = found.claims.drop(columns="seconds")
    for name, frame in frames.items():
        write_whole(folder / f"{name}.parquet", parquet_bytes(frame))
    rival = settings.get("rival")
    title = f"The memo's claims under the rival {rival}" if rival else "The memo's claims"
    for kind, content in images(claims_figure(found.claims, title)).items():
        write_whole(folder / f"claims.{kind}", content)
    manifest = {"kind": "claims", "command": ["entente", *sys.argv[1:]], **settings}
    manifest["seconds"] = dict(zip(found.claims["id"], seconds, strict=True))
    write_whole(folder / "manifest.json", (json.dumps(manifest, indent=1) + "\n").encode())

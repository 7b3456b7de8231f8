"""The report of a sensitivity study: one HTML file that needs nothing else, in plain words."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import pandas as pd
from pydantic.fields import FieldInfo

from entente.schema.behaviour import Behaviour
from entente.schema.study import DUMMY

from .found import Sensitivity
from .methods import MAIN, needed
from .sensitivity_charts import main_rows, short

TEMPLATE = "sensitivity.html.j2"
NAMED = 3
"""Parameters that the summary names for each outcome."""
CAPTIONS = {
    "effects": "What moves each outcome most. The bar is the index, the line its interval.",
    "heatmap": "Every parameter against every outcome.",
    "plane": "Left: hardly matters. Low: acts evenly. High: acts through others, or unevenly over its range.",
    "time": "What matters when: shares by group of parameters, December by December.",
    "convergence": "The indices as the sample grows. Lines that are flat at the right are settled.",
}
MEANINGS = {
    "sobol": "A total effect (ST) is the share of an outcome's variance that would be left if all other parameters were "
    "known; the first-order effect (S1) is the share that this parameter accounts for alone. Their difference is interaction.",
    "morris": "Each parameter is stepped many times, one at a time. mu* is the mean size of what that does to the outcome, "
    "over the parameter's whole range; sigma says how unevenly it acts; mu has the direction.",
    "pawn": "The distribution of the outcome within slices of a parameter is held against the whole distribution: 0 means "
    "that the parameter is irrelevant. In a finite sample even the dummy is above 0.",
    "delta": "delta is half the area between the outcome's density and its density when the parameter is known, on average.",
}


def report_html(found: Sensitivity, pictures: dict[str, bytes], summary: dict[str, Any]) -> str:
    """The report as HTML with its figures inlined; it holds no time and no path."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    page = Environment(loader=PackageLoader("entente.analysis", "."), autoescape=True, undefined=StrictUndefined)
    method = needed(found.study).method
    return page.get_template(TEMPLATE).render(
        study=found.study, method=method, meaning=MEANINGS[method], main=MAIN[method],
        runs=summary["runs"], points=found.points, replicates=found.study.replicates,
        leaders=(leaders := _leaders(found)), glossary=_glossary(leaders), floor=_floor(found), warnings=found.warnings,
        constant=found.constant.to_dict("records"), variance=found.variance.to_dict("records"),
        signs=found.signs.to_dict("records"), verdicts=found.signs["verdict"].value_counts().to_dict(),
        figures=[
            {"name": name, "caption": CAPTIONS[name], "data": base64.b64encode(pictures[name]).decode()}
            for name in CAPTIONS if name in pictures
        ],
        rows=_rows(found),
    )  # fmt: skip


def _leaders(found: Sensitivity) -> list[dict[str, Any]]:
    """For each outcome the parameters that move it most, in words."""
    said, fields = [], (Behaviour if found.scenario is None else type(found.scenario.behaviour)).model_fields
    for outcome, own in main_rows(found).groupby("outcome", sort=False):
        top = own[own["parameter"] != DUMMY].sort_values("value", ascending=False, kind="stable")[:NAMED]
        said.append({"outcome": outcome, "top": [_named(row, fields) for row in top.to_dict("records")]})
    return said


def _named(row: dict[Any, Any], fields: Mapping[str, FieldInfo]) -> dict[str, Any]:
    name = short(str(row["parameter"]))
    field = fields.get(name) if str(row["parameter"]) != name else None
    return {**row, "name": name, "meaning": "" if field is None else field.description}


def _glossary(leaders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the parameters are that the summary names, each once, as their declarations say it."""
    named = {row["name"]: row for leader in leaders for row in leader["top"] if row["meaning"]}
    return list(named.values())


def _floor(found: Sensitivity) -> str:
    """What the dummy says."""
    own = main_rows(found)
    dummy = own[own["parameter"] == DUMMY]
    if dummy.empty:
        return ""
    if needed(found.study).method in ("sobol", "morris"):
        return (
            f"The dummy, a factor that acts on nothing, has {dummy['value'].abs().max():.3f}: every point hears the same "
            "noise, so that chance cannot pass for an effect. What chance itself does is in the table of variance below."
        )
    below = sum(
        int((own.loc[own["outcome"] == row["outcome"], "value"] <= row["high"]).sum()) - 1
        for row in dummy.to_dict("records")
    )
    return (
        f"The dummy, a factor that acts on nothing, reaches {dummy['high'].max():.3f} at the upper end of its interval. "
        f"{below} of {len(own) - len(dummy)} indices lie no higher for their outcome: nothing can be said of them."
    )


def _rows(found: Sensitivity) -> list[dict[str, Any]]:
    """The main index of every parameter, sorted within its outcome."""
    own = main_rows(found)
    order = {name: place for place, name in enumerate(own["outcome"].unique())}
    sort: pd.DataFrame = own.assign(place=own["outcome"].map(order)).sort_values(
        ["place", "value"], ascending=[True, False], kind="stable"
    )
    return [{str(name): value for name, value in row.items()} for row in sort.to_dict("records")]

"""A study: a scenario, what is varied in it and how, how often, and what is measured and kept."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from .base import Record, _widen
from .scenario import MAX_MONTHS

Number = Annotated[float, BeforeValidator(_widen)]
Level = bool | Number | str
Range = Annotated[list[Number], Field(min_length=2, max_length=2)]

KINDS = ("list", "discrete", "grid", "uniform", "log_uniform", "scenarios")
RUNS_AT_MOST = 10**9
DUMMY = "dummy"
"""A factor that acts on nothing: what an analysis finds for it is the noise floor."""
RESAMPLES = 200
"""Bootstrap resamples unless the study names their number: enough for the ends of a 95 % interval."""


class Factor(Record):
    """What a path takes; exactly one of these.

    `list` and `discrete`: the values named; `grid`: so many equal steps from low to high; `uniform`,
    `log_uniform`: anything between low and high; `scenarios`: all numbers in which the named scenario differs
    from the study's own, together (the factor then has a name of its own and is no path). A full factorial
    needs values, not ranges.
    """

    model_config = ConfigDict(**Record.model_config, populate_by_name=False)

    named: Annotated[list[Level], Field(min_length=1)] | None = Field(None, alias="list")
    discrete: Annotated[list[Level], Field(min_length=1)] | None = None
    grid: Annotated[list[Number], Field(min_length=3, max_length=3)] | None = None
    uniform: Range | None = None
    log_uniform: Range | None = None
    scenarios: Annotated[list[str], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Factor:
        given = [kind for kind in KINDS if getattr(self, "named" if kind == "list" else kind) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join(KINDS)}")
        bounds = self.uniform or self.log_uniform or (self.grid[:2] if self.grid else None)
        if bounds is not None and not bounds[0] < bounds[1]:
            raise ValueError(f"{given[0]}: {bounds[0]:g} to {bounds[1]:g}: the first must be below the second")
        if self.log_uniform is not None and self.log_uniform[0] <= 0:
            raise ValueError(f"log_uniform: {self.log_uniform[0]:g}: must be above 0")
        if self.grid is not None and (self.grid[2] != int(self.grid[2]) or self.grid[2] < 2):
            raise ValueError(f"grid: {self.grid[2]:g} steps: must be a whole number, 2 or more")
        return self

    @property
    def levels(self) -> list[Any] | None:
        """The values of a factor that has some, None for a range."""
        if self.grid is not None:
            low, high, count = self.grid
            return [low + (high - low) * step / (int(count) - 1) for step in range(int(count))]
        return self.named or self.discrete or self.scenarios

    @property
    def extremes(self) -> list[Any]:
        """Values at which a scenario must be possible for the factor to be."""
        return self.levels or [*(self.uniform or self.log_uniform or [])]


class FullFactorial(Record):
    """Every combination of the factors' values, once for each draw of the behaviour parameters.

    Without draws the behaviour is the scenario's own. A parameter that is a factor is not drawn.
    """

    kind: Literal["full_factorial"]
    draws: int = Field(0, ge=0, le=10**6, description="Draws of the behaviour parameters from their prior ranges.")


class Table(Record):
    """The rows of a CSV or Parquet file, one column a dotted path; `factors` may then be empty."""

    kind: Literal["table"]
    file: str = Field(min_length=1, description="The file, relative to the study.")


class Sample(Record):
    """So many points spread over the factors' ranges."""

    kind: Literal["latin_hypercube", "sobol"]
    points: int = Field(ge=1, le=10**8, description="How many points.")


class Saltelli(Record):
    """The design of Sobol's indices: `base*(2*factors + 2)` points, or `base*(factors + 2)`."""

    kind: Literal["saltelli"]
    base: int = Field(ge=2, le=10**7, description="Base sample, a power of two.")
    second_order: bool = Field(False, description="Whether second-order indices are wanted.")


class Morris(Record):
    """Elementary effects: `trajectories*(factors + 1)` points."""

    kind: Literal["morris"]
    trajectories: int = Field(ge=2, le=10**6, description="How many trajectories.")
    levels: int = Field(4, ge=2, le=100, description="Levels of each factor; an even number.")


Design = Annotated[FullFactorial | Table | Sample | Saltelli | Morris, Field(discriminator="kind")]


METHODS = {
    "sobol": ("saltelli",),
    "morris": ("morris",),
    "pawn": ("latin_hypercube", "sobol", "table"),
    "delta": ("latin_hypercube", "sobol", "table"),
}
"""Designs that each method of analysis can read."""


class Analysis(Record):
    """What `entente sensitivity` makes of the runs."""

    method: Literal["sobol", "morris", "pawn", "delta"] = Field(description="The indices.")
    resamples: int = Field(RESAMPLES, ge=20, le=10**5, description="Bootstrap resamples behind each interval.")
    level: float = Field(0.95, ge=0.5, le=0.999, description="Level of the intervals.")
    groups: Literal["none", "declared"] | dict[str, Annotated[list[str], Field(min_length=1)]] = Field(
        "none",
        description="Factors moved together: `declared` takes the groups of the declarations; a map names its own.",
    )
    dummy: bool = Field(True, description="Whether a factor that acts on nothing shows the noise floor.")
    slices: int = Field(10, ge=2, le=100, description="Slices of each factor (pawn).")
    signs: Literal["none", "study", "all"] = Field(
        "study",
        description="Pre-registered signs tested: of levers among the factors, or all, by runs of their own.",
    )
    draws: int = Field(32, ge=8, le=10**5, description="Prior draws on which each sign's own runs are made.")


class Study(Record):
    """A study file. `scenario`, `factors` and `design` are required."""

    name: str = Field("study", pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$", description="Name of the study.")
    summary: str = Field("", max_length=400, description="One sentence: what the study asks.")
    scenario: str = Field(min_length=1, description="Scenario of configs/, or a .yaml file relative to the study.")
    model: str | None = Field(
        None,
        min_length=1,
        description="Class that is run in place of the shipped model, module:Class, importable from the study's folder.",
    )
    months: int | None = Field(None, ge=1, le=MAX_MONTHS, description="Horizon, if not the scenario's own.")
    factors: dict[str, Factor] = Field(description="Dotted path to what it takes.")
    design: Design
    replicates: int = Field(1, ge=1, le=10**7, description="Runs of each point, each with its own noise.")
    seed: int = Field(0, ge=0, lt=2**63, description="Seed of all noise, and of sampled designs.")
    outcomes: list[str] = Field(
        default_factory=list, description="What is measured; none: depth and rung at the end."
    )
    keep: Literal["none", "yearly", "monthly"] = Field("none", description="Which months of the series are kept.")
    trajectories: list[str] = Field(
        default_factory=list, description="Series that are kept, where not those of all outcomes."
    )
    analysis: Analysis | None = Field(None, description="The sensitivity analysis, where one is wanted.")

    @field_validator("factors")
    @classmethod
    def _no_factor_takes_the_name_of_the_dummy(cls, factors: dict[str, Factor]) -> dict[str, Factor]:
        if DUMMY in factors:
            raise ValueError(f"{DUMMY}: this name is kept for the factor that acts on nothing")
        return factors

    @field_validator("analysis")
    @classmethod
    def _method_reads_the_design(cls, analysis: Analysis | None, info: ValidationInfo) -> Analysis | None:
        design = info.data.get("design")
        if analysis is not None and design is not None and design.kind not in METHODS[analysis.method]:
            fits = " or ".join(METHODS[analysis.method])
            raise ValueError(f"{analysis.method} needs the design {fits}, not {design.kind}")
        return analysis

    @property
    def sampled(self) -> list[str]:
        """The factors that a sample runs over: those named, and the dummy where one is wanted."""
        return [*self.factors, *([DUMMY] if self.analysis is not None and self.analysis.dummy else [])]

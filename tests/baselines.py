"""Golden baselines: what a few scenarios do, in files that a person can read and a test compares.

`python -m tests.baselines` writes them anew, after a change that is meant to move them; say in the
changelog why they moved.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from entente import run
from entente.schema.yaml12 import read_yaml
from entente.world.outcomes import dyad_index
from entente.world.pack import World
from entente.world.trajectory import Trajectory

FOLDER = Path(__file__).parent / "baselines"
SEED = 0
YEARS: dict[str, tuple[int, ...]] = {
    "record-1992": (1992, 1996, 2001, 2005, 2010, 2016, 2022),
    "memo-2001": (2001, 2005, 2010, 2015, 2020),
    "us-package-russia": (2001, 2006, 2020),
    "us-security-dilemma": (2006, 2020),
    "rival-tethering": (2006, 2020),
}
"""The scenarios, and the years of which December is kept."""

PAIR = ("RUS", "CHN")


def baseline_file(scenario: str) -> Path:
    """Where the baseline of a scenario stands."""
    return FOLDER / f"{scenario}.yaml"


def baseline(scenario: str) -> dict[str, Any]:
    """What a scenario does with seed 0: per year ties, the dyad index of Russia and China, mean threat by state."""
    done = run(scenario, SEED)
    months = [done.world.month(done.world.opens + row) for row in range(done.trajectory.months)]
    return {
        "scenario": scenario,
        "seed": SEED,
        "decembers": {
            str(year): _december(done.world, done.trajectory, months.index(f"{year}-12"))
            for year in YEARS[scenario]
        },
    }


def _december(world: World, t: Trajectory, row: int) -> dict[str, Any]:
    treaties = {
        id_: {
            "depth": float(t["depth"][row, p]),
            "rung": int(t["rung"][row, p]),
            "obligation": int(t["obligation"][row, p]),
            "members": [world.states[i] for i in np.flatnonzero(t["member"][row, p])],
        }
        for p, id_ in enumerate(world.treaties)
        if t["status"][row, p] == 1
    }
    a, b = (world.states.index(state) for state in PAIR)
    member = t["member"][row : row + 1]
    index = dyad_index(list((t["depth"][row : row + 1] * member[:, :, a] * member[:, :, b]).T))[0]
    threat = {state: float(np.mean(t["perception"][row, i])) for i, state in enumerate(world.states)}
    return {"treaties": treaties, "-".join(PAIR): float(index), "threat": threat}


def text(kept: dict[str, Any]) -> str:
    """A baseline as YAML, one treaty or state a line, every number in full."""
    lines = [
        f"# What {kept['scenario']} does with seed {kept['seed']}, each December; written by make baselines.",
        "# Treaties that run; the dyad index of Russia and China; each state's perceived threat, mean over sources.",
        f"scenario: {kept['scenario']}",
        f"seed: {kept['seed']}",
        "decembers:",
    ]
    for year, december in kept["decembers"].items():
        lines += [f"  {year}:", "    treaties:" if december["treaties"] else "    treaties: {}"]
        for id_, tie in december["treaties"].items():
            lines.append(
                f"      {id_}: {{depth: {tie['depth']!r}, rung: {tie['rung']}, obligation: {tie['obligation']}, "
                f"members: [{', '.join(tie['members'])}]}}"
            )
        lines += [f"    {'-'.join(PAIR)}: {december['-'.join(PAIR)]!r}", "    threat:"]
        lines += [f"      {state}: {threat!r}" for state, threat in december["threat"].items()]
    return "\n".join(lines) + "\n"


def read_baseline(scenario: str) -> dict[str, Any]:
    """The baseline of a scenario as it stands in its file."""
    return read_yaml(baseline_file(scenario))[0]


def main() -> None:
    """Write every baseline, and say which files moved."""
    FOLDER.mkdir(exist_ok=True)
    for scenario in YEARS:
        path, new = baseline_file(scenario), text(baseline(scenario))
        moved = not path.is_file() or path.read_text(encoding="utf-8") != new
        path.write_text(new, encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(FOLDER.parents[1])}: {'moved' if moved else 'as it was'}\n")


if __name__ == "__main__":
    main()

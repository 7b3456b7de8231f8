"""What a run costs: both engines, Mesa's own batch runner and the store, measured in one go, interleaved.

Every ratio compares measurements that took turns in the same minutes, so that a busy machine slows both.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pandas as pd

from entente.engines.compiled.ensemble import BLOCK, blocks_of, measure_block, prepare
from entente.engines.interactive.alliance import AllianceModel, release
from entente.schema.load import load_scenario
from entente.schema.paths import leaf
from entente.schema.scenario import Scenario
from entente.schema.study import Study
from entente.world.rows import Lot, lots

from .batch import peak_rss_mib, run_batch
from .plan import cut
from .points import Held
from .prior import prior_draws

SCENARIO = "memo-2001"
OUTCOMES = ["depth:rus-chn-2001", "rung:rus-chn-2001", "depth:shanghai-2001", "depth:tashkent"]
ROUNDS = 7
BLOCKS_A_ROUND = 3
FEW = 256
"""Runs whose cost is told as states grow."""
STATES = (9, 20, 50, 100, 200)
RUNS = (100, 1_000, 10_000, 100_000)
PARTIES = 5
SEED = 1


def bench(say: Callable[[str], None] = lambda words: None) -> dict[str, Any]:
    """Measure everything; two or three minutes on two cores. Keys as in `entente bench --json`."""
    prepare(say)
    cores = os.cpu_count() or 1
    lot = _prior_lot(BLOCK)
    _blocks(lot, 1, 1)
    say("engines, interleaved")
    found: dict[str, list[float]] = {"mesa": [], "batch_run": [], "one": [], "all": []}
    for turn in range(ROUNDS):
        found["mesa"].append(_rate(lambda: _mesa_loop(2), 2))
        found["batch_run"].append(_rate(lambda: _batch_run(3), 3))
        order = (1, cores) if turn % 2 == 0 else (cores, 1)
        for workers in order:
            runs = BLOCK * BLOCKS_A_ROUND * workers
            work = partial(_blocks, lot, BLOCKS_A_ROUND * workers, workers)
            found["one" if workers == 1 else "all"].append(_rate(work, runs))
    if cores == 1:
        found["all"] = found["one"]
    rate = {name: statistics.median(values) for name, values in found.items()}
    pairs = [b / a for a, b in zip(found["one"], found["all"], strict=True)]
    say("store")
    overhead = _store_overhead(lot, cores)
    say("scaling")
    return {
        "machine": _machine(cores),
        "mesa_runs_per_s": round(rate["mesa"], 3),
        "batch_run_runs_per_s": round(rate["batch_run"], 3),
        "ensemble_runs_per_s_1core": round(rate["one"], 1),
        "ensemble_runs_per_s_all": round(rate["all"], 1),
        "ratio_per_core": round(rate["one"] / rate["batch_run"], 1),
        "ratio_all": round(rate["all"] / rate["batch_run"], 1),
        "speedup_all_cores": {
            "median": round(statistics.median(pairs), 2), "least": round(min(pairs), 2), "most": round(max(pairs), 2)
        },
        "store_overhead": round(overhead, 3),
        "scaling_states": [_states_cost(count) for count in STATES],
        "scaling_runs": [_runs_cost(count) for count in RUNS],
        "peak_rss_mib": peak_rss_mib(),
    }  # fmt: skip


def _machine(cores: int) -> str:
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{model}, {cores} cores, {platform.system()}, Python {platform.python_version()}"


def _rate(work: Callable[[], Any], runs: int) -> float:
    began = time.perf_counter()
    work()
    return runs / (time.perf_counter() - began)


def _mesa_loop(runs: int) -> None:
    scenario = load_scenario(SCENARIO)
    for seed in range(runs):
        model = AllianceModel(scenario, seed=seed)
        while model.running:
            model.step()
        release(model)


def _batch_run(runs: int) -> None:
    """Mesa's own runner at its best: one process, light reporters read at the end only."""
    mesa.batch_run(
        AllianceModel,
        {"scenario": SCENARIO, "seed": list(range(runs))},
        number_processes=1,
        data_collection_period=-1,
        max_steps=load_scenario(SCENARIO).months,
        display_progress=False,
    )


def _prior_lot(points: int) -> Lot:
    scenario = load_scenario(SCENARIO)
    # What is idle by default is left idle, as it is in the runs of the interactive engine.
    idle = [f"behaviour.{one.idle_at_zero}" for one in scenario.of.all if one.idle_at_zero]
    left = [path for path in idle if leaf(scenario, path) == 0]
    found, _ = lots(scenario, prior_draws(points, SEED).drop(columns=left), OUTCOMES)
    return found[0]


def _blocks(lot: Lot, count: int, workers: int) -> None:
    block = blocks_of(lot, 1)[0]
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda _: measure_block(lot, block, SEED, "none"), range(count)))


def _store_overhead(lot: Lot, workers: int) -> float:
    """How much longer a study takes that keeps its outcomes on disk, as a share; median of interleaved pairs."""
    scenario = load_scenario(SCENARIO)
    study = Study.model_validate(
        {
            "scenario": SCENARIO,
            "factors": {},
            "design": {"kind": "table", "file": "prior"},
            "replicates": 8,
            "seed": SEED,
            "outcomes": OUTCOMES,
        }
    )
    points = Held(pd.DataFrame(lot.columns))
    batch = cut(study, scenario, points, points)
    blocks = blocks_of(lot, study.replicates)
    found = []
    for _ in range(3):
        began = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda runs: measure_block(lot, runs, SEED, "none"), blocks))
        bare = time.perf_counter() - began
        folder = Path(tempfile.mkdtemp())
        try:
            began = time.perf_counter()
            run_batch(batch, folder / "study", workers)
            found.append((time.perf_counter() - began) / bare - 1)
        finally:
            shutil.rmtree(folder)
    return statistics.median(found)


def _states_cost(count: int) -> dict[str, float]:
    """Cost of a run as states grow: treaties of five neighbours each, one source, so that pairs grow with states."""
    scenario = ring(count)
    design = pd.DataFrame({"behaviour.rise": np.linspace(0.2, 0.5, FEW)})
    (lot,), _ = lots(scenario, design, ["depth:t000"])
    world = lot.world
    block = blocks_of(lot, 1)[0]
    measure_block(lot, block, SEED, "none")
    seconds = 1 / _rate(lambda: measure_block(lot, block, SEED, "none"), FEW)
    return {
        "states": count, "treaties": len(world.treaties), "pairs": len(world.treaties) * PARTIES,
        "ms_per_run": round(seconds * 1e3, 4),
        "us_per_pair": round(seconds * 1e6 / (len(world.treaties) * PARTIES), 3),
    }  # fmt: skip


def ring(count: int) -> Scenario:
    """States in a ring, each five neighbours with a treaty."""
    ids = [f"S{n:03d}" for n in range(count)]
    place = {"longitude": 0.0, "latitude": 0.0}
    states = {
        id_: {
            "name": id_,
            "place": place,
            "capability": 0.5 / count,
            "exposure": {"x": 0.5},
            "contribution": {"x": 0.5},
        }
        for id_ in ids
    }
    treaties = {
        f"t{first:03d}": {
            "name": f"Ring {first}", "parties": {ids[(first + n) % count]: True for n in range(PARTIES)},
            "signed": "2000-01", "obligation": 2, "scope": {"x": 1},
            "articles": {"consultation": {"rule": "consultation", "strength": 0.5}},
        }
        for first in range(0, count, 2)
    }  # fmt: skip
    source = {"name": "x", "origin": "Elsewhere", "base": 0.3, "need": 0.8, "rate": 0.5}
    return load_scenario(
        {
            "name": "ring",
            "start": "2000-01",
            "months": 120,
            "states": states,
            "sources": {"x": source},
            "treaties": treaties,
        }
    )


def _runs_cost(count: int) -> dict[str, float]:
    """Cost of a run as runs grow, on one core."""
    lot = _prior_lot(min(count, 25_000))
    blocks = blocks_of(lot, -(-count // len(lot.points)))
    began = time.perf_counter()
    for block in blocks:
        measure_block(lot, block, SEED, "none")
    seconds = time.perf_counter() - began
    return {"runs": count, "ms_per_run": round(seconds * 1e3 / count, 4)}

"""A rehearsal of a very large study on a Dask cluster of this machine, with a worker killed on the way (advisory).

    python tests/benchmarks/rehearsal.py POINTS FOLDER

The first scenario that `entente new` writes, five years of it, three factors: what is tried is what stands around the runs. Says the time, the greatest memory of client
and workers, the bytes on disk, and whether some blocks, run again here, have the sums that the cluster's have.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from entente.experiments.plan import make_batch, run_task
from entente.starter import write_starter

WORKERS = 2
KILLED_AFTER = 0.3
"""Share of the runs after which a worker is killed; another takes its place."""
TRIED = 3
"""Blocks that are run again here."""
POLL_SECONDS = 0.5

MONTHS = 60
STUDY = """
name: rehearsal
summary: As many points as are asked for.
scenario: pact.yaml
factors:
  behaviour.rise: {{uniform: [.2, .5]}}
  behaviour.linkage: {{uniform: [.2, .6]}}
  behaviour.deepen: {{uniform: [.05, .3]}}
design: {{kind: sobol, points: {points}}}
replicates: 1
seed: 3
outcomes: [depth:pact, rung:pact]
"""


def dask(*words: str) -> subprocess.Popen[bytes]:
    """A process of Dask's own command."""
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]], stderr=subprocess.DEVNULL
    )


def peak(pid: int) -> float:
    """Greatest memory that a process has held, MB; 0 where it is gone."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("VmHWM")), 0) / 1000
    except OSError:
        return 0.0


def done(folder: Path) -> int:
    """How many blocks the manifest lists."""
    try:
        files = json.loads((folder / "manifest.json").read_text())["files"]
    except (OSError, ValueError):
        return 0
    return sum(name.startswith("outcomes/") for name in files)


def main(points: int, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as home:
        os.chdir(home)
        file = write_starter("pact")
        # Of the first scenario that `entente new` writes, a year.
        file.write_text(re.sub(r"^months: \d+", f"months: {MONTHS}", file.read_text(), flags=re.M))
        study = Path("study.yaml").resolve()
        study.write_text(STUDY.format(points=points))
        batch = make_batch(str(study))
        about = Path(home) / "scheduler.json"
        scheduler = dask(
            "dask_scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            str(about),
        )
        while not about.exists():
            time.sleep(POLL_SECONDS)
        address = json.loads(about.read_text())["address"]

        def worker() -> subprocess.Popen[bytes]:
            return dask(
                "dask_worker", address, "--nworkers", "1", "--nthreads", "1", "--no-dashboard", "--no-nanny"
            )

        workers = [worker() for _ in range(WORKERS)]
        peaks: dict[str, float] = {}
        began = time.perf_counter()
        client = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "entente",
                "batch",
                str(study),
                "--scheduler",
                address,
                "--out",
                str(folder),
                "--no-figures",
            ]
        )

        def watch() -> None:
            killed = False
            while client.poll() is None:
                peaks["client"] = max(peaks.get("client", 0), peak(client.pid))
                for process in workers:
                    peaks["worker"] = max(peaks.get("worker", 0), peak(process.pid))
                if not killed and done(folder) >= KILLED_AFTER * len(batch.tasks):
                    os.kill(workers[0].pid, signal.SIGKILL)
                    workers.append(worker())
                    killed = True
                    print(f"a worker was killed after {done(folder)} of {len(batch.tasks)} blocks", flush=True)
                time.sleep(POLL_SECONDS)

        watcher = threading.Thread(target=watch)
        watcher.start()
        client.wait()
        took = time.perf_counter() - began
        watcher.join()
        for process in (*workers, scheduler):
            process.kill()
            process.wait()
        kept = json.loads((folder / "manifest.json").read_text())
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        print(
            f"{points:,} points, {len(batch.tasks)} blocks: {kept['state']} in {took:.0f} s, {points / took:,.0f} runs a second"
        )
        print(
            f"greatest memory: client {peaks['client']:.0f} MB, worker {peaks['worker']:.0f} MB; {size / 1e6:.0f} MB on disk"
        )
        for task in batch.tasks[:: max(len(batch.tasks) // TRIED, 1)][:TRIED]:
            again = run_task(batch, task)
            same = all(kept["sums"][name] == found for name, found in again.sums.items())
            print(f"block {task.number}: {'the same' if same else 'OTHER'} here")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]).resolve())

"""Studies beyond one machine: the same files and the same hash, whoever does the blocks and wherever they stand."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from entente import InputError, load_run
from entente.cli import main
from entente.experiments import cluster as clusters
from entente.experiments.batch import run_batch
from entente.experiments.cluster import AHEAD, Order, likeness
from entente.experiments.folder import run_of
from entente.experiments.places import place_of
from entente.experiments.plan import make_batch

from .sources import copy_sources
from .test_batch import STUDY, TIMES, contents, main_ends

distributed = pytest.importorskip("distributed")
moto = pytest.importorskip("moto.server")
Client, LocalCluster = distributed.Client, distributed.LocalCluster

BLOCK = 64
PROCESSES = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
LONGER = STUDY.replace("points: 24", "points: 512").replace("months: 24", "months: 60")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "little.yaml"
    path.write_text(LONGER)
    return str(path)


@pytest.fixture(scope="module")
def whole(study, tmp_path_factory):
    """The files and the hash of the study on threads of one machine."""
    folder = tmp_path_factory.mktemp("whole")
    report = run_batch(make_batch(study, BLOCK), folder, 2)
    return contents(folder), report["outcomes_sha256"]


@pytest.fixture(scope="module")
def workers():
    """A real cluster: a scheduler here, and two processes that work."""
    with LocalCluster(**PROCESSES) as made:
        yield made


@pytest.fixture(scope="module")
def bucket():
    """A bucket of an S3 server on this machine."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    told = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing", "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name, value in told.items():
            patch.setenv(name, value)
        import s3fs

        s3fs.S3FileSystem.clear_instance_cache()
        s3fs.S3FileSystem().mkdir("studies")
        yield "s3://studies"
        s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


def objects(address: str) -> dict[str, bytes]:
    """As `contents`, at an address."""
    place = place_of(address)
    found = {name: place.read(name) for name in place.sizes() if not name.startswith("figures/")}
    manifest = json.loads(found["manifest.json"])
    found["manifest.json"] = json.dumps({k: v for k, v in manifest.items() if k not in TIMES}).encode()
    return found


def listed(where: str | Path) -> int:
    """How many outcome parts the manifest at a place lists."""
    content = place_of(where).read("manifest.json")
    return sum(name.startswith("outcomes/") for name in json.loads(content)["files"]) if content else 0


DIES = """
import json, os, signal, sys
from entente.experiments.batch import run_batch
from entente.experiments.plan import make_batch
from entente.experiments.places import place_of

study, block, where, scheduler = sys.argv[1:]

def progress(done):
    if any(name.startswith("outcomes") for name in json.loads(place_of(where).read("manifest.json"))["files"]):
        os.kill(os.getpid(), signal.SIGKILL)

run_batch(make_batch(study, int(block)), where, 1, progress=progress, scheduler=scheduler or None)
"""


def kill_in_the_middle(study: str, where: str | Path, scheduler: str | None = None) -> None:
    """Run a study in a process of its own that is ended by SIGKILL when the manifest lists its first blocks."""
    command = [sys.executable, "-c", DIES, study, str(BLOCK), str(where), scheduler or ""]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert 0 < listed(where) < len(make_batch(study, BLOCK).tasks)


def test_a_cluster_gives_the_files_of_one_machine_though_a_worker_is_killed(study, whole, workers, tmp_path):
    killed = []

    def kill_once(done: int) -> None:
        if done and not killed:
            killed.append(next(iter(workers.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    batch = make_batch(study, BLOCK)
    report = run_batch(batch, tmp_path / "out", progress=kill_once, scheduler=workers.scheduler_address)
    assert killed
    assert report["outcomes_sha256"] == whole[1]
    assert contents(tmp_path / "out") == whole[0]
    assert not load_run(tmp_path / "out").outcomes.duplicated(["point", "replicate"]).any()


@pytest.mark.parametrize("first", ["threads", "cluster"])
def test_what_threads_or_a_cluster_began_the_other_finishes(first, study, whole, workers, tmp_path):
    address = workers.scheduler_address
    kill_in_the_middle(study, tmp_path / "out", address if first == "cluster" else None)
    then = None if first == "cluster" else address
    report = run_batch(make_batch(study, BLOCK), tmp_path / "out", 2, scheduler=then)
    assert report["resumed"] >= BLOCK
    assert report["outcomes_sha256"] == whole[1]
    assert contents(tmp_path / "out") == whole[0]


def test_more_blocks_than_are_given_out_at_once(tmp_path, workers, monkeypatch):
    monkeypatch.setattr(clusters, "AHEAD", 3)
    path = tmp_path / "s.yaml"
    path.write_text(STUDY)
    report = run_batch(make_batch(str(path), 10), tmp_path / "out", scheduler=workers.scheduler_address)
    assert (report["ok"], AHEAD > 3) == (120, True)


def test_a_study_in_an_object_store_killed_in_the_middle_ends_with_the_same_files(study, whole, bucket):
    address = f"{bucket}/killed/here"
    kill_in_the_middle(study, address)
    report = run_batch(make_batch(study, BLOCK), address, 2)
    assert report["resumed"] >= BLOCK
    assert report["outcomes_sha256"] == whole[1]
    assert objects(address) == whole[0]
    again = run_batch(make_batch(study, BLOCK), address, 2)
    assert {**again, "peak_rss_mib": 0} == {**report, "peak_rss_mib": 0}


def test_workers_write_into_an_object_store_themselves(study, whole, bucket):
    with LocalCluster(**PROCESSES) as made:
        report = run_batch(make_batch(study, BLOCK), f"{bucket}/cluster", scheduler=made.scheduler_address)
    assert report["outcomes_sha256"] == whole[1]
    assert objects(f"{bucket}/cluster") == whole[0]


def test_a_damaged_object_is_done_again_and_fresh_begins_anew(tmp_path, bucket):
    path = tmp_path / "s.yaml"
    path.write_text(STUDY)
    address = f"{bucket}/damaged"
    run_batch(make_batch(str(path), 30), address)
    before = objects(address)
    place_of(address).put("outcomes/part-00001.parquet", b"nothing")
    assert run_batch(make_batch(str(path), 30), address)["resumed"] == 90
    assert objects(address) == before
    assert run_batch(make_batch(str(path), 30), address, fresh=True)["resumed"] == 0
    path.write_text(STUDY.replace("seed: 4", "seed: 5"))
    with pytest.raises(InputError, match="another study"):
        run_batch(make_batch(str(path), 30), address)


def test_a_study_in_an_object_store_is_listed_read_drawn_and_looked_at(tmp_path, bucket, capsys):
    path = tmp_path / "s.yaml"
    path.write_text(STUDY)
    address = f"{bucket}/read/it"
    main_ends(["batch", str(path), "--out", address, "--json"])
    assert json.loads(capsys.readouterr().out)["run_dir"] == address
    kept = load_run(address)
    assert (len(kept.design), len(kept.outcomes)) == (24, 120)
    assert run_of(address, 3)[2] == 4
    main_ends(["runs", bucket])
    assert f"{address}  study little  finished" in capsys.readouterr().out
    assert "figures/outcome-01.svg" in place_of(address).sizes()
    main_ends(["figures", address])
    main_ends(["run", "--from", address, "--point", "3", "--no-figures", "--out", str(tmp_path / "one")])
    depth = load_run(tmp_path / "one").tables["treaties"].query("treaty == 'rus-chn-2001'")["depth"].iloc[-1]
    row = kept.outcomes.set_index(["point", "replicate"]).loc[(3, 0)]
    assert depth == row["depth:rus-chn-2001"]


def test_a_scheduler_that_is_lost_ends_the_study_in_a_sentence(study, tmp_path):
    made = LocalCluster(**PROCESSES)
    with pytest.raises(InputError, match="the scheduler is lost; what is finished stays"):
        run_batch(
            make_batch(study, BLOCK), tmp_path / "out", scheduler=made.scheduler_address,
            progress=lambda done: made.close() if done else None,
        )  # fmt: skip
    assert listed(tmp_path / "out")


def sentence(capsys, arguments: list[str]) -> str:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    return capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("option", "value", "part"),
    [
        ("--scheduler", "tcp://127.0.0.1:1", "no Dask scheduler answers there"),
        ("--scheduler", "nonsense", "missing port number"),
        ("--scheduler", "tcp://nowhere.invalid:8786", "no Dask scheduler answers there"),
        ("--scheduler", "pigeon://loft:1", "unknown address scheme"),
        ("--out", "s3://no-such-bucket/x", "cannot be written"),
        ("--out", "pigeon://loft/x", "Protocol not known"),
    ],
)
def test_an_address_where_nothing_is_gets_a_sentence(option, value, part, tmp_path, bucket, capsys, monkeypatch):
    monkeypatch.setattr(clusters, "CONNECT_SECONDS", 1)
    path = tmp_path / "s.yaml"
    path.write_text(STUDY)
    monkeypatch.chdir(tmp_path)
    assert part in sentence(capsys, ["batch", str(path), option, value])
    assert [file.name for file in tmp_path.iterdir()] == ["s.yaml"]


def test_options_that_do_not_go_together_get_a_sentence(tmp_path, capsys):
    path = tmp_path / "s.yaml"
    path.write_text(STUDY)
    told = sentence(capsys, ["batch", str(path), "--scheduler", "tcp://127.0.0.1:1", "--workers", "2"])
    assert "the cluster has its own" in told
    assert "a folder of this machine" in sentence(capsys, ["run", "--out", "s3://studies/run"])


@pytest.fixture
def stranger(tmp_path, request):
    """A cluster whose worker runs a copy of the sources in which a comment has been changed."""
    file = copy_sources(tmp_path / "copy") / request.param
    file.write_text(file.read_text() + "\n# Another version.\n")
    with LocalCluster(n_workers=0, dashboard_address=":0") as made, Client(made) as client:
        command = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            made.scheduler_address,
            "--no-nanny",
            "--no-dashboard",
        ]
        place = {"cwd": tmp_path, "env": os.environ | {"PYTHONPATH": str(tmp_path / "copy")}}
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **place) as process:
            try:
                client.wait_for_workers(1, timeout=600)
                yield made.scheduler_address
            finally:
                process.kill()


@pytest.mark.parametrize(
    "stranger", ["agents/perception.py", "experiments/plan.py"], indirect=True, ids=["numbers", "files"]
)
def test_a_worker_of_another_version_is_refused(stranger, tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(STUDY)
    with pytest.raises(InputError, match=r"worker tcp://.*: has another code version .*must be installed there"):
        run_batch(make_batch(str(path)), tmp_path / "out", scheduler=stranger)
    assert not listed(tmp_path / "out")


@pytest.mark.parametrize("name", ["Python", "numba", "numpy", "pyarrow"])
def test_every_difference_that_could_show_is_named(name):
    order = Order("/nowhere", "{}", json.dumps(likeness() | {name: "0.1"}), None, "")
    with pytest.raises(InputError, match=rf"has another {name} .* \(client: 0\.1\)"):
        clusters._study(order)


def test_a_worker_that_comes_late_and_sees_no_folder_is_refused(study, tmp_path):
    """Whoever joins after the start answers with its first block."""
    order = Order(str(tmp_path / "elsewhere"), "{}", json.dumps(likeness()), None, "")
    with LocalCluster(n_workers=1, processes=False, dashboard_address=":0") as made, Client(made) as client:
        answer = client.submit(clusters.do_block, order, 0).result()
    assert "all workers must reach the study's folder" in answer["refused"]


def test_a_factor_of_mixed_values_stays_on_one_machine(tmp_path, workers):
    path = tmp_path / "s.yaml"
    path.write_text(
        "scenario: memo-2001\nmonths: 3\ndesign: {kind: full_factorial}\nfactors: {switches.contagion: {list: [true, 0]}}\n"
    )
    with pytest.raises(InputError, match="values of several kinds"):
        run_batch(make_batch(str(path)), tmp_path / "out", scheduler=workers.scheduler_address)
    assert run_batch(make_batch(str(path)), tmp_path / "out")["ok"] == 2


def test_a_table_is_read_by_the_workers_from_the_folder(tmp_path, workers):
    (tmp_path / "points.csv").write_text(
        "behaviour.rise,switches.contagion,powers.USA.policy\n.3,true,fixed\n9,true,fixed\n.4,false,responsive\n"
    )
    path = tmp_path / "s.yaml"
    path.write_text(
        "scenario: memo-2001\nmonths: 3\nfactors: {}\ndesign: {kind: table, file: points.csv}\nreplicates: 2\n"
    )
    there = run_batch(make_batch(str(path)), tmp_path / "there", scheduler=workers.scheduler_address)
    here = run_batch(make_batch(str(path)), tmp_path / "here")
    assert there["failed"] == here["failed"] == 2
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


def test_factors_that_are_no_paths_and_sets_of_parameters_reach_the_workers(tmp_path, workers):
    path = tmp_path / "s.yaml"
    path.write_text(
        "scenario: memo-2001\nmonths: 3\ndesign: {kind: full_factorial}\n"
        "factors: {demand: {scenarios: [memo-2001, high-demand]}, switches.contagion: {list: [true, false]}}\n"
    )
    batch = make_batch(str(path), parameters="prior", draws=5)
    there = run_batch(batch, tmp_path / "there", scheduler=workers.scheduler_address)
    assert there["ok"] == 20
    assert there["outcomes_sha256"] == run_batch(batch, tmp_path / "here")["outcomes_sha256"]
    assert contents(tmp_path / "there") == contents(tmp_path / "here")

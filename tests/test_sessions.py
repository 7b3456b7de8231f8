"""What is taken away from the page and opened again, and what is replayed: numbers and labels stay what they were."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pandas as pd
import pytest

from entente import run
from entente.errors import InputError
from entente.experiments.folder import load_run
from entente.experiments.parquet import parquet_bytes
from entente.experiments.places import checksum
from entente.page.files import opened_scenario, session_file
from entente.page.levers import act
from entente.page.palette import DARK, LIGHT
from entente.page.player import Pace, Player, Screen
from entente.page.problem import problem_of
from entente.page.replay import Recorded, open_run
from entente.page.session import Session
from entente.page.ties import ties
from entente.page.typed import typed_number
from entente.schema.intervention import Intervention
from entente.world.trajectory import QUANTITIES


def pull(session: Session, form: str, **values: Any) -> None:
    session.pull(partial(act, session.base, form, values))


def shocked(source: str, size: float) -> dict[str, Any]:
    return {"source": source, "size": size, "kind": "shock", "state": "everyone"}


def on(session: Session, months: int) -> Session:
    for _ in range(months):
        session.step()
    assert not session.error
    return session


@pytest.fixture
def taken() -> tuple[Session, str, str]:
    """A session with two levers, and the file that it was taken away as."""
    session = on(Session(seed=5), 3)
    pull(session, "shock", **shocked("nato", 1.5))
    on(session, 2)
    pull(session, "offer", power="USA", state="CHN", size=0.7)
    on(session, 1)
    return session, *session_file(session.scenario, session.seed, session.replicate, session.levers, session.date)


def test_a_session_that_is_opened_again_has_its_levers_and_its_twin(taken: tuple[Session, str, str]) -> None:
    before, name, text = taken
    session = Session()
    session.open(opened_scenario(name, text))
    assert session.levers == before.levers
    assert session.seed == before.seed
    on(session, before.month)
    assert session.scene().twin is not None
    for quantity in QUANTITIES:
        assert np.array_equal(session.scene().trajectory[quantity], before.scene().trajectory[quantity]), quantity
        assert np.array_equal(session.scene().twin[quantity], before.scene().twin[quantity]), quantity
    session.clear_levers()
    plain = on(Session(seed=5), before.month).scene()
    for quantity in QUANTITIES:
        assert np.array_equal(session.scene().trajectory[quantity], plain.trajectory[quantity]), quantity


def test_a_lever_pulled_after_opening_replaces_none(taken: tuple[Session, str, str]) -> None:
    before, name, text = taken
    session = Session()
    session.open(opened_scenario(name, text))
    on(session, 8)
    pull(session, "shock", **shocked("nato", 0.5))
    on(session, 1)
    assert list(session.levers) == ["lever-001", "lever-002", "lever-003"]
    assert {id_: session.levers[id_] for id_ in before.levers} == before.levers
    again, text_again = session_file(session.scenario, session.seed, 0, session.levers, session.date)
    assert set(opened_scenario(again, text_again).interventions) >= set(session.levers)


def test_a_lever_can_be_taken_back_alone(taken: tuple[Session, str, str]) -> None:
    session = taken[0]
    session.drop_lever("lever-001")
    assert list(session.levers) == ["lever-002"]
    only = Session(seed=5)
    on(only, 5)
    pull(only, "offer", power="USA", state="CHN", size=0.7)
    on(only, 1)
    on(session, 3)
    on(only, 3)
    for quantity in QUANTITIES:
        assert np.array_equal(session.scene().trajectory[quantity], only.scene().trajectory[quantity]), quantity
    session.drop_lever()
    assert session.levers == {}
    assert session.scene().twin is None
    session.drop_lever()
    session.drop_lever("lever-009")
    plain = on(Session(seed=5), 10).scene()
    on(session, 1)
    assert np.array_equal(session.scene().trajectory["depth"], plain.trajectory["depth"])


def test_a_replayed_run_keeps_its_seed_and_has_none_to_set(tmp_path: Path) -> None:
    run("memo-2001", 3, months=12, replicate=2).save(tmp_path / "good", figures=False)
    session = Session()
    session.replay(open_run(tmp_path, "good"))
    assert session.noise == "seed 3, replicate 2"
    for attempt in (lambda: session.set_seed("99"), lambda: session.set_parameter("behaviour.rise", 0.4)):
        with pytest.raises(InputError, match="a finished run is replayed as it is"):
            attempt()
    session.reset()
    assert (session.seed, session.waiting) == (3, [])
    _, text = session_file(session.scenario, session.seed, session.replicate, session.levers, session.date)
    head = text.splitlines()[0]
    assert head == "# Run it with: entente run memo-2001-session.yaml --replicate 2"
    scenario = opened_scenario("memo-2001-session.yaml", text)
    repeated = run(scenario, months=12, replicate=2)
    for name, frame in load_run(tmp_path / "good").tables.items():
        pd.testing.assert_frame_equal(repeated.tables[name], frame, check_exact=True)


@pytest.mark.parametrize("words", ["1_0", "٣", "0x1", "nan", "inf", "1e", "", "one", None, "1 0"])
def test_what_is_no_number_is_none(words: Any) -> None:
    assert typed_number(words) is None


@pytest.mark.parametrize(
    ("words", "value"), [(" .5 ", 0.5), ("-1e-1", -0.1), ("2.", 2.0), ("+1", 1.0), (1.5, 1.5)]
)
def test_what_is_a_number_is_it(words: Any, value: float) -> None:
    assert typed_number(words) == value


def test_no_number_is_minus_zero() -> None:
    assert np.copysign(1, typed_number("-0") or 0.0) == 1


@pytest.mark.parametrize("size", ["0", "-0", "0.0"])
def test_a_shock_of_nothing_is_a_sentence(size: str) -> None:
    with pytest.raises(InputError, match="a shock of 0 is none"):
        pull(Session(), "shock", **shocked("nato", 1) | {"size": size})


def test_nothing_is_drawn_beyond_the_last_month() -> None:
    """A line from the last point to a label at the far right reads as a forecast."""
    assert "leader" not in ties(Session().scene()).svg


def test_a_hue_means_one_rung_in_both_themes() -> None:
    def hue(colour: str) -> float:
        red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
        return float(np.degrees(np.arctan2(np.sqrt(3) * (green - blue), 2 * red - green - blue)) % 360)

    for n in range(1, 7):
        apart = abs(hue(LIGHT[f"r{n}"]) - hue(DARK[f"r{n}"]))
        assert min(apart, 360 - apart) < 30, n


def test_what_plays_in_a_closed_tab_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    now, there = [0.0], [True]
    monkeypatch.setattr("entente.page.player.monotonic", lambda: now[0])
    session = Session()
    pace = Pace(session, Screen(), None, None, lambda: there[0])
    player = Player(session, pace, reset=False)
    now[0] = 100.0
    assert player.running
    there[0], now[0] = False, 110.0
    assert player.running, "a connection may be cut and come back"
    now[0] = 121.0
    assert not player.running
    there[0] = True
    assert player.running


# -- folders made to harm ------------------------------------------------------------------


def with_table(folder: Path, name: str, content: bytes) -> None:
    """Put other bytes in the place of a table, and make the manifest say that it was always so."""
    (folder / f"{name}.parquet").write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["sha256"][f"{name}.parquet"] = checksum(content)
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    run("memo-2001", 3, months=6).save(tmp_path / "kept", figures=False)
    return tmp_path / "kept"


def test_a_table_of_sixty_million_rows_is_not_unpacked(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = load_run(kept).tables["states"]
    many = pd.DataFrame({name: np.repeat(frame[name].to_numpy()[:1], 2_000_000) for name in frame.columns})
    content = parquet_bytes(many)
    assert len(content) < 200_000
    with_table(kept, "states", content)
    monkeypatch.setattr("pyarrow.parquet.ParquetFile.read", lambda *_, **__: pytest.fail("it was unpacked"))
    with pytest.raises(InputError, match=r"kept: .*states\.parquet: 2,000,000 rows, where its scenario allows 54"):
        open_run(kept.parent, "kept")


def test_a_table_that_tells_a_month_twice_or_lacks_some_is_refused(kept: Path) -> None:
    frame = load_run(kept).tables["states"]
    half = frame.iloc[: len(frame) // 2]
    for wrong in (pd.concat([half, half]), frame.iloc[:-1]):
        with_table(kept, "states", parquet_bytes(wrong))
        with pytest.raises(InputError, match="kept: a damaged run folder: states"):
            Recorded(open_run(kept.parent, "kept"))


@pytest.mark.parametrize("name", ["a\0b", "kept\0", "\0"])
def test_a_name_with_a_null_byte_is_a_sentence(kept: Path, name: str) -> None:
    with pytest.raises(InputError, match="no run folder of"):
        open_run(kept.parent, name)


def test_what_is_wrong_with_a_folder_is_said_without_where_it_lies(kept: Path) -> None:
    (kept / "states.parquet").write_bytes(b"none")
    with pytest.raises(InputError) as told:
        open_run(kept.parent, "kept")
    assert str(kept.parent) not in str(told.value)
    assert str(told.value).startswith("kept: a damaged run folder: states.parquet")


def test_a_fault_of_the_page_is_a_sentence_too(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise ZeroDivisionError("nothing to share")

    assert (
        problem_of(fail) == "This could not be done, by a fault of the page: ZeroDivisionError: nothing to share"
    )
    assert "nothing to share" in caplog.text


def test_levers_pulled_while_another_thread_plays_act_in_the_month_that_is_next() -> None:
    session = Session(seed=7)
    playing = Thread(target=on, args=(session, 60))

    def rumour(month: str) -> Intervention:
        # Whoever makes it is slow, and a month could pass meanwhile.
        time.sleep(0.02)
        return act(session.base, "shock", shocked("md", 0.5), month)

    playing.start()
    while session.month < 40 and not session.error:
        time.sleep(0.01)
        session.pull(rumour)
    playing.join()
    assert not session.error
    assert session.month == 60
    again = on(Session(session.scenario, session.seed), 60)
    for name, frame in session.tables().items():
        pd.testing.assert_frame_equal(frame, again.tables(name)[name])

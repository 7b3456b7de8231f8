"""The page without a browser: sessions, levers, places, colours, pictures, words, files."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ElementTree
import zipfile
from dataclasses import replace
from functools import partial
from math import hypot
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entente.engines.result import run
from entente.errors import InputError
from entente.experiments.folder import load_run
from entente.month.declare import bounds, declared
from entente.page.details import HINT, details, history, in_force
from entente.page.dials import Dial, dials, parse
from entente.page.files import figures_file, opened_scenario, session_file, tables_file
from entente.page.gallery import PICTURES, gallery
from entente.page.levers import act, forms, setting
from entente.page.palette import DARK, LIGHT, alignment, rung, series
from entente.page.places import hull, positions
from entente.page.player import Pace, Player, Screen
from entente.page.replay import Recorded, open_run, run_names
from entente.page.scene import marks, years
from entente.page.session import Session
from entente.page.style import standalone
from entente.page.svg import runs, spread
from entente.page.teller import Teller
from entente.page.threats import strength
from entente.page.ties import against_twin
from entente.page.wishes import flows
from entente.schema.behaviour import Behaviour, Institution, Switches
from entente.schema.load import load_scenario, parse_scenario
from entente.telling import tie_figures
from entente.world.trajectory import QUANTITIES
from tests.worlds import scenarios

MONTHS = 30
SHOCK = {"source": "nato", "size": 1, "kind": "shock", "state": "everyone"}


def stepped(months: int, **choices: Any) -> Session:
    session = Session(**choices)
    for _ in range(months):
        session.step()
    return session


def pull(session: Session, form: str, values: dict[str, Any]) -> None:
    session.pull(partial(act, session.base, form, values))


@pytest.fixture(scope="module")
def steered() -> Session:
    """A session of 30 months with a shock in the sixth."""
    session = stepped(5)
    pull(session, "shock", SHOCK)
    for _ in range(MONTHS - 5):
        session.step()
    return session


# -- sessions and levers -----------------------------------------------------------------------


def test_without_levers_the_page_runs_what_the_command_runs() -> None:
    session, result = stepped(12, seed=4), run("memo-2001", 4, months=12)
    for name, frame in session.tables().items():
        pd.testing.assert_frame_equal(frame, result.tables[name], check_exact=True)


LEVERS = {
    "shock": SHOCK,
    "offer": {"power": "USA", "state": "RUS", "size": 0.9},
    "concession": {"source": "md", "share": 0.7},
    "article": {"article": "rus-chn-2001/consultation", "on": "off"},
    "exit": {"seat": "shanghai-2001/UZB"},
}


@pytest.mark.parametrize("form", LEVERS)
def test_an_exported_session_gives_exactly_the_numbers_of_the_page(form: str) -> None:
    session = stepped(3, seed=2)
    pull(session, form, LEVERS[form])
    for _ in range(9):
        session.step()
    name, text = session_file(session.scenario, session.seed, 0, session.levers, session.date)
    result = run(parse_scenario(text, name), months=12)
    assert not session.error
    for table, frame in session.tables().items():
        pd.testing.assert_frame_equal(frame, result.tables[table], check_exact=True)


@pytest.mark.parametrize("form", LEVERS)
def test_a_lever_acts_in_the_next_month_and_its_twin_stays(form: str) -> None:
    session, plain = stepped(3), stepped(12)
    pull(session, form, LEVERS[form])
    for _ in range(9):
        session.step()
    scene = session.scene()
    assert scene.twin is not None
    for name in QUANTITIES:
        ours, twin = scene.trajectory[name][:12], scene.twin[name][:12]
        assert np.array_equal(twin, plain.scene().trajectory[name][:12]), name
        assert np.array_equal(ours[:3], twin[:3]), name
    assert any(not np.array_equal(scene.trajectory[n][3:12], scene.twin[n][3:12]) for n in QUANTITIES)


def test_reset_replays_the_levers_and_clearing_takes_them_back(steered: Session) -> None:
    session = stepped(5)
    pull(session, "shock", SHOCK)
    session.step()
    felt = session.scene().now("perception").copy()
    session.reset()
    assert (session.month, session.date) == (0, "2001-07")
    for _ in range(6):
        session.step()
    assert np.array_equal(session.scene().now("perception"), felt)
    session.clear_levers()
    scene = session.scene()
    assert scene.twin is None
    assert not session.levers
    assert np.array_equal(scene.now("perception"), stepped(6).scene().now("perception"))


def test_a_parameter_acts_at_reset_or_as_a_lever() -> None:
    session = stepped(6)
    before = session.scene().now("depth").copy()
    session.set_parameter("behaviour.deepen", 0.2)
    assert session.waiting == ["behaviour.deepen"]
    assert np.array_equal(session.scene().now("depth"), before)
    session.reset()
    assert session.waiting == []
    for _ in range(6):
        session.step()
    assert not np.array_equal(session.scene().now("depth"), before)
    session.forget_parameter("behaviour.deepen")
    session.reset()
    session.step()
    session.pull(partial(setting, "behaviour.deepen", 0.2))
    for _ in range(5):
        session.step()
    assert not np.array_equal(session.scene().now("depth"), before)


def test_two_sessions_share_nothing() -> None:
    one, other = stepped(4), stepped(4)
    pull(one, "shock", SHOCK)
    one.step()
    assert (one.month, other.month) == (5, 4)
    assert not other.levers


def test_an_exception_in_the_model_is_kept_and_a_reset_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    session = stepped(2)

    def fail() -> None:
        raise ZeroDivisionError("no threat left")

    monkeypatch.setattr(session.model, "step", fail)
    session.step()
    assert session.error == "The model stopped after 2001-09: ZeroDivisionError: no threat left"
    assert not session.running
    session.step()
    assert session.month == 2
    session.reset()
    session.step()
    assert (session.error, session.month) == ("", 1)


@pytest.mark.parametrize("words", ["", "abc", "-1", "1.5", "9" * 30])
def test_a_wrong_seed_gets_a_sentence(words: str) -> None:
    session = Session()
    with pytest.raises(InputError, match=r"seed: .*: must be a whole number, 0 or more"):
        session.set_seed(words)
    assert session.next_seed == 0


@pytest.mark.parametrize(
    ("form", "values", "says"),
    [
        ("shock", SHOCK | {"size": "big"}, "size: 'big': must be a number"),
        ("shock", SHOCK | {"size": 7}, "size: 7.0: input should be less than or equal to 2"),
        ("shock", SHOCK | {"source": "mars"}, "'mars' is no source"),
        ("offer", {"power": "USA", "state": "XXX", "size": 1}, "'XXX' is no state"),
        ("article", {"article": "rus-chn-2001/none", "on": "off"}, "'none' is no article"),
        ("dance", {}, "'dance': no lever of that name"),
    ],
)
def test_a_wrong_lever_gets_a_sentence_and_changes_nothing(form: str, values: dict[str, Any], says: str) -> None:
    session = stepped(1)
    with pytest.raises(InputError, match=says):
        pull(session, form, values)
    assert not session.levers


def test_no_lever_after_the_end() -> None:
    session = Session()
    session.open(load_scenario("memo-2001", {"months": 2}))
    session.step()
    session.step()
    with pytest.raises(InputError, match="the run has ended; press Reset first"):
        pull(session, "shock", SHOCK)
    assert not session.running


def test_every_form_has_a_title_and_values_that_can_be_pulled() -> None:
    session = stepped(1)
    for form in forms(session.base):
        pull(session, form.id, {field.name: field.value for field in form.fields})
    session.step()
    assert not session.error
    assert len(session.levers) == len(forms(session.base))


# -- what Mesa's controller drives ----------------------------------------------------------------


class Fixed:
    def __init__(self, value: int) -> None:
        self.value = value


def test_the_button_steps_one_month_and_the_loop_as_many_as_are_set() -> None:
    session, screen = Session(), Screen()
    pace = Pace(session, screen, Fixed(1), Fixed(5))
    player = Player(session, pace)
    player.step()
    assert (session.month, session.hasty) == (1, False)
    assert pace.value == 1
    player.step()
    assert (session.month, session.hasty) == (6, True)
    player.step()
    assert session.month == 7


def test_the_loop_waits_for_the_browser() -> None:
    screen = Screen()
    screen.expect()
    waiting = Thread(target=screen.wait)
    waiting.start()
    screen.show(screen.send())
    waiting.join()
    assert screen.painted == screen.sent == 1


def test_a_loop_that_was_about_to_step_does_not_step_what_was_reset() -> None:
    session = Session()
    pace = Pace(session, Screen(), Fixed(1), Fixed(5))
    Player(session, pace).step()
    assert pace.value == 1
    player = Player(session, pace)
    player.step()
    assert session.month == 0
    player.step()
    assert session.month == 1


def test_a_reset_that_another_player_makes_ends_no_player() -> None:
    """The buttons may be pressed while those of another scenario take their place."""
    session = Session()
    pace = Pace(session, Screen(), Fixed(1), Fixed(2))
    old = Player(session, pace)
    session.open("us-package-russia")
    new = Player(session, pace, reset=False)
    type(old)(session, pace)
    assert new.running
    new.step()
    assert session.month == 1
    assert pace.value == 1
    new.step()
    assert (session.month, new.running, old.running) == (3, True, False)


def test_a_player_ends_when_another_scenario_is_opened() -> None:
    session = Session()
    player = Player(session, Pace(session, Screen(), Fixed(1), Fixed(1)))
    assert player.pace.value == 1
    session.open("us-package-russia")
    player.step()
    assert not player.running
    assert session.month == 0
    assert player.pace.value == 1
    player.step()
    assert session.month == 0


# -- places, colours, shapes ------------------------------------------------------------------------


def test_places_are_fixed_apart_and_in_the_order_of_the_map() -> None:
    scenario, box, gap = load_scenario("memo-2001"), (50.0, 50.0, 450.0, 350.0), 40.0
    at = positions(scenario, box, gap)
    assert at == positions(scenario, box, gap)
    ids = sorted(at)
    assert all(hypot(at[a][0] - at[b][0], at[a][1] - at[b][1]) >= gap - 1 for a in ids for b in ids if a < b)
    assert at["BLR"][0] < at["KAZ"][0] < at["CHN"][0]
    assert at["RUS"][1] < at["KAZ"][1] < at["TJK"][1]
    assert all(50 <= x <= 450 and 50 <= y <= 350 for x, y in at.values())


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=3, max_size=20))
def test_a_hull_holds_every_point(points: list[tuple[int, int]]) -> None:
    corners = hull([(float(x), float(y)) for x, y in points])
    assert set(corners) <= {(float(x), float(y)) for x, y in points}
    if len(corners) > 2:
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
            assert all((bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0 for x, y in points)


@given(st.lists(st.floats(0, 100), max_size=8))
def test_labels_keep_their_distance_and_their_order(levels: list[float]) -> None:
    placed = spread(levels, 10, 0, 100)
    ordered = [placed[n] for n in sorted(range(len(levels)), key=lambda n: levels[n])]
    assert all(b - a >= 10 - 1e-9 for a, b in zip(ordered, ordered[1:], strict=False))
    assert all(p <= 100 + 1e-9 for p in placed)


@given(st.lists(st.booleans(), max_size=30))
def test_stretches_cover_what_is_true(kept: list[bool]) -> None:
    covered = {n for first, end in runs(kept) for n in range(first, end)}
    assert covered == {n for n, true in enumerate(kept) if true}


def test_colours_are_named_in_both_themes_and_tell_treaties_apart() -> None:
    assert set(LIGHT) == set(DARK)
    assert len({series(n) for n in range(16)}) == 16
    assert len({rung(level) for level in range(7)}) == 7
    assert "outside" in alignment(-0.5)
    assert "bloc" in alignment(0.5)
    assert alignment(2) == alignment(1)


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.1."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_and_lines_can_be_read(theme: dict[str, str]) -> None:
    assert contrast(theme["ink"], theme["paper"]) > 7
    assert contrast(theme["muted"], theme["paper"]) > 4.5
    assert contrast(theme["wrong"], theme["paper"]) > 4.5
    assert all(contrast(theme[f"s{n}"], theme["paper"]) > 2.7 for n in range(8))
    steps = [luminance(theme[f"r{n}"]) for n in range(1, 7)]
    assert steps == sorted(steps, reverse=True), (
        "rungs differ in lightness, not in hue alone, and alike in both themes"
    )


BLINDNESS = {
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
"""What linear RGB turns into (Machado, Oliveira and Fernandes 2009, severity 1)."""


def seen(colour: str, blindness: str) -> Any:
    """A colour as the colour-blind see it, in CIELAB."""
    parts = np.array([int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(BLINDNESS[blindness]) @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    x, y, z = np.cbrt(xyz / np.array([0.9505, 1, 1.089]))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_colour_blind_can_tell_what_colour_alone_tells(theme: dict[str, str], blindness: str) -> None:
    def apart(a: str, b: str) -> float:
        return float(np.linalg.norm(seen(theme[a], blindness) - seen(theme[b], blindness)))

    dashes = [series(n).partition("dasharray:")[2] for n in range(8)]
    alike = [(a, b) for a in range(8) for b in range(a) if dashes[a] == dashes[b]]
    assert all(apart(f"s{a}", f"s{b}") > 20 for a, b in alike)
    assert all(apart(f"r{n}", f"r{n + 1}") > 8 for n in range(6))
    assert apart("bloc", "outside") > 60


@given(st.floats(0, 2))
def test_a_stronger_threat_is_drawn_darker(value: float) -> None:
    assert 0 < strength(value) <= 1
    assert strength(min(value + 0.1, 2)) >= strength(value)


# -- pictures and words ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["memo-2001", "record-1992", "us-responsive"])
@pytest.mark.parametrize("months", [0, 1, 40])
def test_every_picture_of_every_moment_is_sound_and_says_itself(scenario: str, months: int) -> None:
    session = stepped(months, scenario=scenario)
    for picture in gallery(session.scene()):
        root = ElementTree.fromstring(picture.svg)
        assert picture.summary in "".join(root.itertext())
        assert session.date in picture.summary
        assert "nan" not in picture.svg
        ElementTree.fromstring(standalone(picture, ["which run it is"]))


@given(scenarios(months=6))
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_every_world_can_be_drawn_and_steered(world: dict[str, Any]) -> None:
    session = Session(load_scenario(world))
    for form in forms(session.base):
        pull(session, form.id, {field.name: field.value for field in form.fields})
    for months in range(4):
        for picture in gallery(session.scene()):
            ElementTree.fromstring(picture.svg)
        for id_ in session.scene().world.treaties:
            session.chosen = id_
            assert session.scene().treaty_name(session.scene().world.treaties.index(id_)) in details(
                session.scene(), Teller(session)
            )
        session.step()
        assert (session.error, session.month) == ("", months + 1)


def test_places_do_not_move_between_frames(steered: Session) -> None:
    def nodes(months: int) -> list[str | None]:
        root = ElementTree.fromstring(gallery(stepped(months).scene())[0].svg)
        return [c.get("cx") for c in root.iter("{http://www.w3.org/2000/svg}circle") if c.get("class") == "node"]

    assert nodes(1) == nodes(20)


def test_beneath_the_ties_stands_the_threat_to_the_parties_of_the_chosen_treaty(steered: Session) -> None:
    scene = steered.scene()
    focus = scene.world.treaties.index("rus-chn-2001")
    assert scene.told() == focus
    assert replace(scene, chosen="tashkent").told() == scene.world.treaties.index("tashkent")
    assert replace(scene, chosen="CHN|RUS").told() == focus
    picture = next(one for one in gallery(scene) if one.id == "ties")
    assert picture.svg.count('class="felt"') == 1
    # The same as in the figures of the run, which are drawn from its tables.
    drawn = tie_figures.threat_to(scene.scenario, steered.tables("parties", "perceptions"), "rus-chn-2001")
    mean = drawn.groupby("month")["threat"].sum() / 2
    np.testing.assert_allclose(scene.threat_to(focus), mean.to_numpy(), atol=1e-12)


def test_the_pictures_show_a_shock_and_the_twin(steered: Session) -> None:
    pictures = {picture.id: picture for picture in gallery(steered.scene())}
    assert 'class="ghost"' in pictures["ties"].svg
    assert 'data-lever="shock"' in pictures["ties"].svg
    assert "▲" in pictures["threats"].svg
    assert "Against the twin" in pictures["ties"].summary
    assert against_twin(stepped(3).scene()) == ""
    assert next(m for m in marks(steered.scene()) if m.lever).row == 5


def test_payments_on_the_page_are_those_of_the_table(steered: Session) -> None:
    scene = steered.scene()
    table = steered.tables("payments")["payments"]
    now = table[table["month"] == steered.date]
    shown = {
        (scene.world.states[a], scene.world.states[b], scene.world.treaties[p]): v for a, b, p, v in flows(scene)
    }
    assert shown == {(r.payer, r.payee, r.treaty): r.amount for r in now.itertuples()}


def test_ties_on_the_page_are_those_of_the_table(steered: Session) -> None:
    scene = steered.scene()
    table = steered.tables("dyads")["dyads"]
    now = table[(table["month"] == steered.date) & (table["layers"] > 0)]
    shown = {(scene.world.states[a], scene.world.states[b]): (v, r) for a, b, v, r in scene.ties()}
    assert set(shown) == set(zip(now["a"], now["b"], strict=True))
    for row in now.rename(columns={"index": "tie"}).itertuples():
        assert shown[row.a, row.b] == (pytest.approx(row.tie), row.top_rung)


def test_a_chosen_treaty_tells_articles_promise_wishes_and_why(steered: Session) -> None:
    teller = Teller(steered)
    assert details(steered.scene(), teller).startswith(HINT)
    steered.chosen = "rus-chn-2001"
    told = details(steered.scene(), teller)
    steered.chosen = "CHN|RUS"
    tie = details(steered.scene(), teller)
    steered.chosen = "KAZ|TKM"
    assert "0 shared treaties" in details(steered.scene(), teller)
    steered.chosen = ""
    for words in (
        "consultation",
        "Article IX",
        "obligation 2",
        "Rung history",
        "What the parties want",
        "Why, up to",
    ):
        assert words in told
        assert words in tie


def test_a_switched_article_is_told_as_off() -> None:
    session = stepped(2)
    pull(session, "article", {"article": "rus-chn-2001/consultation", "on": "off"})
    assert in_force(session.scenario, "rus-chn-2001", "consultation", session.date)
    session.step()
    assert not in_force(session.scenario, "rus-chn-2001", "consultation", session.date)


def test_rung_history_is_that_of_the_events() -> None:
    session = stepped(120)
    scene, events = session.scene(), session.tables("events")["events"]
    moved = events[events["kind"].isin(["rung up", "rung down"])]
    told = {
        (month, scene.world.treaties[p], a, b)
        for p in range(len(scene.world.treaties))
        for month, a, b in history(scene, p)
    }
    assert told == {(r.month, r.treaty, r.before, r.after) for r in moved.itertuples()}
    assert told


def test_an_axis_names_few_years() -> None:
    for scenario in ("memo-2001", "record-1992"):
        ticks = years(Session(scenario).scene(), 6)
        assert 2 <= len(ticks) <= 7


# -- parameters -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rise() -> Dial:
    return next(dial for dial in dials(load_scenario("memo-2001")) if dial.path == "behaviour.rise")


def test_dials_repeat_the_schema() -> None:
    scenario = load_scenario("memo-2001")
    found = {dial.path: dial for dial in dials(scenario)}
    for part, record in (("behaviour", Behaviour), ("institution", Institution), ("switches", Switches)):
        for name, field in record.model_fields.items():
            dial = found.pop(f"{part}.{name}")
            assert dial.text == field.description
            assert dial.default == getattr(getattr(scenario, part), name)
            if not dial.is_switch:
                assert (dial.least, dial.most) == bounds(field)
                assert (dial.unit, dial.symbol) == (declared(field, "unit"), declared(field, "symbol"))
                assert dial.least <= dial.low <= dial.default <= dial.high <= dial.most
                assert 80 <= (dial.high - dial.low) / dial.step <= 201
    assert not found


@given(value=st.floats(0.01, 1))
def test_a_number_in_bounds_is_taken(rise: Dial, value: float) -> None:
    assert parse(rise, repr(value)) == value


@pytest.mark.parametrize("words", ["", "much", "nan", "inf", "1e9", "-0.1", None, True])
def test_a_wrong_number_gets_a_sentence(rise: Dial, words: Any) -> None:
    with pytest.raises(InputError, match=r"^rise: .*must (be a number|lie in 0\.01\.\.1)"):
        parse(rise, words)


def test_a_switch_is_on_or_off() -> None:
    dial = Dial("switches.noise", "noise", "", "", "", "mechanisms", True)
    assert parse(dial, False) is False
    with pytest.raises(InputError, match="must be on or off"):
        parse(dial, "maybe")


# -- files ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs with one run of 18 months in it."""
    folder = tmp_path_factory.mktemp("runs")
    result = run("memo-2001", 3, months=18)
    result.save(folder / "one", figures=False)
    return folder


def test_a_run_folder_comes_back_as_it_was(home: Path) -> None:
    recorded, result = Recorded(open_run(home, "one")), run("memo-2001", 3, months=18)
    for name, quantity in QUANTITIES.items():
        if quantity.over in {"s", "k", "t", "sk"}:
            assert np.array_equal(recorded.trajectory[name], result.trajectory[name]), name
    member = result.trajectory["member"] == 1
    assert np.array_equal(recorded.trajectory["ideal"][member], result.trajectory["ideal"][member])


def test_a_run_folder_is_replayed_month_by_month(home: Path) -> None:
    session = Session()
    session.replay(open_run(home, run_names(home)[0]))
    assert (session.month, session.date, session.running) == (1, "2001-08", True)
    for _ in range(30):
        session.step()
    assert (session.month, session.running) == (18, False)
    expected = [draw(stepped(18, scenario="memo-2001", seed=3).scene()).summary for draw in PICTURES]
    assert [picture.summary for picture in gallery(session.scene())] == expected
    with pytest.raises(InputError, match="a finished run is replayed as it is"):
        pull(session, "shock", SHOCK)
    session.reset()
    assert session.month == 1
    assert set(session.tables("treaties")["treaties"]["month"]) == {"2001-08"}
    session.open("memo-2001")
    assert session.run is None


@pytest.mark.parametrize("name", ["", ".", "..", "../outside", "/etc", "one/figures", "missing"])
def test_nothing_outside_the_folder_of_runs_can_be_read(home: Path, name: str) -> None:
    with pytest.raises(InputError):
        open_run(home, name)


def test_a_run_folder_cannot_lead_elsewhere(home: Path, tmp_path: Path) -> None:
    kept = load_run(home / "one")
    for name in ("linked", "extending"):
        (tmp_path / name).mkdir()
        for path in kept.path.iterdir():
            if path.is_file():
                (tmp_path / name / path.name).write_bytes(path.read_bytes())
    (tmp_path / "linked" / "scenario.yaml").unlink()
    (tmp_path / "linked" / "scenario.yaml").symlink_to(home / "one" / "scenario.yaml")
    with pytest.raises(InputError, match="leads out of the run folder"):
        open_run(tmp_path, "linked")
    (tmp_path / "extending" / "scenario.yaml").write_text("extends: /etc/hostname.yaml\n")
    with pytest.raises(InputError, match="must be complete"):
        open_run(tmp_path, "extending")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("extends: ../../secret.yaml\n", "can extend a scenario of configs/ only"),
        ("extends: [memo-2001, /etc/passwd.yaml]\n", "can extend a scenario of configs/ only"),
        ("name: x\nextends: memo-2001\nmonths: many\n", "months: 'many': must be a whole number"),
        ("- a\n", "must be a mapping"),
        ("a: &b 1\n", "anchors"),
        ("x" * 8_000_001, "a scenario may have 4,000,000 at most"),
    ],
)
def test_an_opened_file_is_checked_like_any_scenario(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        opened_scenario("mine.yaml", text)


def test_an_opened_file_can_extend_a_scenario() -> None:
    scenario = opened_scenario("mine.yaml", "name: mine\nextends: memo-2001\nmonths: 7\n")
    assert (scenario.name, scenario.months) == ("mine", 7)


def test_downloads_hold_what_the_page_holds(steered: Session) -> None:
    tables = steered.tables()
    for kind, read in (("csv", pd.read_csv), ("parquet", pd.read_parquet)):
        with zipfile.ZipFile(io.BytesIO(tables_file(steered.scenario, tables, kind, {"seed": 0}))) as archive:
            assert {f"{name}.{kind}" for name in tables} < set(archive.namelist())
            frame = read(io.BytesIO(archive.read(f"dyads.{kind}")))
            pd.testing.assert_frame_equal(frame, tables["dyads"], check_exact=True, check_dtype=False)
    with zipfile.ZipFile(io.BytesIO(figures_file(gallery(steered.scene())))) as archive:
        assert len(archive.namelist()) == 2 * len(PICTURES)


def test_a_session_file_says_how_to_run_it(steered: Session) -> None:
    name, text = session_file(steered.scenario, 7, 0, steered.levers, steered.date)
    assert text.splitlines()[0] == f"# Run it with: entente run {name}"
    assert "# lever: 2002-01 shock of 1 about NATO enlargement, for everyone exposed" in text
    again, _ = session_file(parse_scenario(text, name), 7, 0, [], steered.date)
    assert again == name


def test_a_scenario_of_which_no_model_can_be_made_leaves_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    session = stepped(2)

    def fail(*_: Any) -> None:
        raise OverflowError("too many treaties")

    monkeypatch.setattr("entente.page.session.started", fail)
    with pytest.raises(InputError, match="record-1992: no model of it could be made: too many treaties"):
        session.open("record-1992")
    assert (session.label, session.month, session.date) == ("memo-2001", 2, "2001-09")
    session.step()
    assert session.month == 3

"""Figures are drawn for any world without a warning, name their axes with units, and are the same bytes twice."""

from __future__ import annotations

import re
import warnings
from typing import Any

import matplotlib as mpl
import pandas as pd
import pytest
import seaborn as sns
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from entente import Result, run
from entente.experiments.charts import _against
from entente.telling.drawing import contrast, readable
from entente.telling.figures import FIGURES, draw_figures

from .test_membership import PLACE, parties, world

UNIT = re.compile(r"\((depth |intensity )?0\.\.\d\)|\(utility\)|\(intensity(, all sources)?\)")
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def short() -> Result:
    return run("memo-2001", 0, months=18)


@pytest.fixture(scope="module")
def drawn(short: Result, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The figures of a short run, drawn twice into folders of their own."""
    before = dict(mpl.rcParams)
    folders = [tmp_path_factory.mktemp("figures") for _ in range(2)]
    written = [draw_figures(short.scenario, short.tables, folder) for folder in folders]
    assert dict(mpl.rcParams) == before, "drawing leaves the settings of matplotlib alone"
    return written


def test_every_figure_is_written_as_png_and_svg(drawn):
    assert {path.name for path in drawn[0]} == {f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg")}
    for path in drawn[0]:
        content = path.read_bytes()
        assert content.startswith(PNG) if path.suffix == ".png" else b"<svg" in content[:1000], path.name
        assert len(content) > 5000, f"{path.name} is empty"


def test_the_same_run_gives_the_same_bytes(drawn):
    for one, two in zip(*drawn, strict=True):
        assert one.read_bytes() == two.read_bytes(), one.name


def test_an_svg_names_no_time_and_no_place_on_disk(drawn):
    for path in drawn[0]:
        if path.suffix == ".svg":
            text = path.read_text(encoding="utf-8")
            assert "dc:date" not in text, path.name
            assert str(path.parent) not in text, path.name


def labels(figure: Figure) -> list[str]:
    """What stands at the axes of a figure and beside all of them."""
    beside = [figure.get_supxlabel(), figure.get_supylabel()]
    own = [words for axes in figure.axes for words in (axes.get_xlabel(), axes.get_ylabel())]
    return [words for words in beside + own if words]


def texts(figure: Figure) -> str:
    FigureCanvasAgg(figure).draw()
    return " ".join(t.get_text() for t in figure.findobj(lambda a: hasattr(a, "get_text")))


@pytest.mark.parametrize("name", FIGURES)
def test_axes_are_labelled_with_units(short, name):
    figure = FIGURES[name](short.scenario, short.tables)
    found = labels(figure)
    if name == "network":
        assert any("-1 outside power, +1 bloc" in words for words in found)
        assert any("rung (0..6)" in words and "deeper" in words for words in found)
    else:
        assert any(UNIT.search(words) for words in found), found
        assert all(UNIT.search(words) or words == "year" for words in found), found
    assert short.scenario.name in texts(figure), "the title names the scenario"


@pytest.mark.parametrize("name", ["ties", "wishes"])
def test_every_treaty_that_runs_is_named(short, name):
    shown = texts(FIGURES[name](short.scenario, short.tables))
    running = short.treaties.query("status == 1")["treaty"].unique()
    assert len(running) > 5
    for id_ in running:
        assert short.scenario.treaties[id_].name in shown


def test_every_state_has_its_panel_of_threats_and_its_node(short):
    for name in ("threat", "network"):
        shown = texts(FIGURES[name](short.scenario, short.tables))
        for id_, state in short.scenario.states.items():
            assert (state.name if name == "threat" else id_) in shown


def crowd(states: int) -> dict[str, Any]:
    """So many states on a grid, all in one treaty and every third in another."""
    ids = [f"S{n:02d}" for n in range(states)]
    return world(
        {
            id_: {
                "place": {"longitude": 5 * (n % 8), "latitude": 5 * (n // 8)},
                "contribution": {"x": 0.02 * (n % 5)},
                "independence": 1 + 0.1 * (n % 4),
                "capability": 0.001 * (1 + n % 7),
            }
            for n, id_ in enumerate(ids)
        },
        {
            "all": {"parties": parties(*ids), "decision": "majority"},
            "some": {"parties": parties(*ids[::3]), "mistrust": 0.5},
        },
        months=8,
    )


# In all but the last, the capitals of all states lie in one place.
ODD: dict[str, dict[str, Any]] = {
    "one state": world({"A": {}}, {}, months=3),
    "no treaty": world({"A": {}, "B": {}}, {}, months=6),
    "no source": world(
        {"A": {"exposure": {}, "contribution": {}}, "B": {"exposure": {}, "contribution": {}}},
        {"t": {"parties": parties("A", "B"), "scope": {}}},
        months=6,
        sources={},
    ),
    "nothing at all": {
        "name": "bare",
        "start": "2000-01",
        "months": 2,
        "states": {"A": {"name": "A", "place": PLACE, "capability": 0.1}},
    },
    "a treaty never signed": world(
        {"A": {}, "B": {}},
        {"t": {"parties": parties("A", "B"), "signing": "endogenous"}},
        sources={"x": {"base": 0}},
    ),
    "a treaty that ends at once": world(
        {"A": {}, "B": {}},
        {"t": {"parties": parties("A", "B")}},
        months=4,
        interventions={"out": {"kind": "exit", "month": "2000-02", "treaty": "t", "state": "A"}},
    ),
    "one month": world({"A": {}, "B": {}}, {"t": {"parties": parties("A", "B")}}, months=1),
    "forty states": crowd(40),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_world_is_drawn_without_error_or_warning(name, tmp_path):
    done = run(ODD[name])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        written = draw_figures(done.scenario, done.tables, tmp_path)
    assert len(written) == 2 * len(FIGURES)
    assert all(path.stat().st_size > 1000 for path in written)


def test_labels_are_dark_enough_to_be_read_on_white():
    for colour in sns.color_palette("colorblind", 8):
        assert contrast(readable(colour)) >= 4.5
    dark = (0.1, 0.2, 0.3)
    assert readable(dark) == dark
    assert contrast("black") == pytest.approx(21)
    assert contrast("white") == pytest.approx(1)


def test_an_outcome_that_never_moves_stands_in_a_range_that_can_be_read():
    data = pd.DataFrame({"behaviour.rise": [0.2, 0.3, 0.4, 0.5], "rung:t": 3.0, "depth:t": 0.25})
    assert _against(data, ["behaviour.rise"], "rung:t").axes[0].get_ylim() == (2, 4)
    assert _against(data, ["behaviour.rise"], "depth:t").axes[0].get_ylim() == pytest.approx((0.15, 0.35))

"""What would not fit is refused before it is begun, in every analysis; what fits is not."""

from __future__ import annotations

import numpy as np
import pytest

from entente import InputError, compare, threshold
from entente.analysis.runs import run_rows
from entente.cli import main
from entente.counsel.brief import brief
from entente.counsel.decide import decide
from entente.evidence.hindcast.one import hindcast
from entente.experiments.afford import afford, memory
from entente.experiments.prior import parameter_sets
from entente.schema.load import load_scenario

MANY = 10**9


def test_the_border_is_the_memory_of_the_machine(monkeypatch) -> None:
    assert memory() > 10**8
    monkeypatch.setattr("entente.experiments.afford.memory", lambda: 32_000)
    afford(100, 10, "draws")
    with pytest.raises(InputError, match="draws: 101 rows of 10 numbers would take about 0 GB"):
        afford(101, 10, "draws")


def test_kept_months_count(monkeypatch) -> None:
    scenario = load_scenario("memo-2001", {"months": 24})
    rows, noise = parameter_sets("prior", 2, 0, scenario), np.arange(2)
    columns = len(rows.columns) + 2
    monkeypatch.setattr("entente.experiments.afford.memory", lambda: 2 * columns * 32)
    run_rows(scenario, rows, noise, 0, ["depth:tashkent", "rung:tashkent"])
    with pytest.raises(InputError, match=rf"runs: 2 rows of {columns + 4} numbers"):
        run_rows(scenario, rows, noise, 0, ["depth:tashkent", "rung:tashkent"], "yearly")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: compare("memo-2001", "us-satisfied", parameters="prior", draws=MANY),
        lambda: compare("memo-2001", "us-satisfied", parameters="posterior", draws=MANY),
        lambda: compare("memo-2001", "us-satisfied", replicates=MANY * 100),
        lambda: threshold("memo-package", draws=10**6, replicates=10**4),
        lambda: decide("keep-apart", draws=10**6, replicates=10**4),
        lambda: hindcast(draws=MANY),
        lambda: brief("memo-2001", draws=10**4, replicates=10**6),
    ],
)  # fmt: skip
def test_every_analysis_refuses_what_would_not_fit(ask) -> None:
    with pytest.raises(InputError, match=r"rows of .* numbers would take about .* GB of memory"):
        ask()


@pytest.mark.parametrize("command", ["landscape", "claims", "calibrate"])
def test_commands_refuse_it_in_a_sentence(command, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main([command, "--draws", str(MANY * 10)])
    assert ended.value.code == 2
    assert "GB of memory" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []

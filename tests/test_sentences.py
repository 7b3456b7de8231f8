"""Misspelt names and impossible values on the command line: one plain sentence, exit code 2, nothing written."""

from __future__ import annotations

import pandas as pd
import pytest

from entente import InputError
from entente.cli import main
from entente.errors import nearest
from entente.evidence.claims.report import least_part
from entente.experiments.prior import one_set, parameter_sets

STUDY = """\
name: {name}
scenario: memo-2001
months: 12
factors:
  {factor}: {{list: [{values}]}}
design: {{kind: full_factorial}}
replicates: 2
outcomes: [depth:rus-chn-2001]
"""


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    out, err = capsys.readouterr()
    assert not out
    return err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["claims", "--draws", "1"], "--draws 1: must be 2 or more"),
        (["threshold", "missile-defence-deal", "--replicates", "0"], "--replicates 0: must be 1 or more"),
        (["run", "--draw", "few"], "--draw few: must be a whole number"),
        (["claims", "--only", "C99"], "'C99': no claim of that id; they are C1 to C58 and C55b"),
        (["claims", "--only", "C034"], "they are C1 to C58 and C55b; did you mean C34?"),
        (["landscape", "--when", "1066"], "--when '1066': must be last, mean, min, max, or a month or year of"),
        (["discover", "thirty", "--outcome", "x", "--above", "1"],
         "'thirty': no study of that name (entente studies lists them); did you mean thirty-parameters?"),
        (["hindcast", "nosuch"], "'nosuch': no scenario of that name (entente scenarios lists them)"),
        (["check", "."], "'.': a folder; name a scenario"),
        (["new", "memo-2001"], "'memo-2001': a scenario of that name comes with the model"),
        (["run", "--parameters", "posterior", "--draw", "4000"], "--draw 4000: posterior holds 400 sets"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_plain_sentence(arguments, sentence, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = [line for line in refusal(arguments, capsys).splitlines() if line.startswith("entente: ")]
    assert len(said) == 1
    assert sentence in said[0]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("factor", "values", "sentence"),
    [
        ("behaviour.contagoin", "0, 1", "factors.behaviour.contagoin: unknown; did you mean behaviour.contagion?"),
        ("behaviuor.rise", "0, 1", "factors.behaviuor: unknown; did you mean behaviour?"),
        ("behaviour.rise", "7, 8", "factors.behaviour.rise: 7.0: must be at most 1"),
        ("states.RUS.exposure.nota", "0, 1", "factors.states.RUS.exposure: 'nota' is no source of this scenario"),
    ],
)
def test_a_wrong_factor_is_named_once(factor, values, sentence, tmp_path, capsys):
    file = tmp_path / "study.yaml"
    file.write_text(STUDY.format(name="one", factor=factor, values=values))
    assert refusal(["batch", str(file), "--dry-run"], capsys) == f"entente: {file}: {sentence}\n"


@pytest.mark.parametrize("command", ["batch", "decompose"])
def test_the_folder_of_another_study_is_refused_before_anything_is_forecast(command, tmp_path, capsys):
    files = [tmp_path / "one.yaml", tmp_path / "two.yaml"]
    for file, values in zip(files, ("0.2, 0.4", "0.2, 0.5"), strict=True):
        file.write_text(STUDY.format(name=file.stem, factor="behaviour.rise", values=values))
    with pytest.raises(SystemExit):
        main(["batch", str(files[0]), "--out", str(tmp_path / "kept"), "--no-figures"])
    capsys.readouterr()
    said = refusal([command, str(files[1]), "--out", str(tmp_path / "kept")], capsys)
    assert (
        said == f"entente: {tmp_path / 'kept'}: holds a study of another study; name another folder, or --fresh\n"
    )


def test_a_set_beyond_the_rows_of_a_file_is_refused_and_one_within_is_its_row(tmp_path):
    file = tmp_path / "sets.csv"
    pd.DataFrame({"behaviour.rise": [0.2, 0.3, 0.4]}).to_csv(file, index=False)
    for number in range(3):
        assert one_set(str(file), number, 0).equals(parameter_sets(str(file), 3, 0).iloc[number])
    with pytest.raises(InputError, match=r"--draw 3: .* holds 3 sets of parameters, 0 to 2"):
        one_set(str(file), 3, 0)


def test_the_beginning_of_a_name_is_enough_to_be_understood():
    assert nearest("thirty", ["sixty-parameters", "thirty-parameters"]) == "; did you mean thirty-parameters?"
    assert nearest("th", ["thirty-parameters"]) == ""


def test_the_margin_that_refutes_most_is_named_where_there_are_several():
    parts = pd.DataFrame(
        [
            ("A", "first", 0.9, True), ("A", "second", 0.01, True), ("A", "told only", 0.0, False),
            ("B", "alone", 0.2, True), ("C", "first", 1.0, True), ("C", "second", 1.0, True),
        ],
        columns=["id", "part", "share", "required"],
    )  # fmt: skip
    assert [least_part(parts, id_) for id_ in "ABC"] == ["least: second 0.01", "", ""]

"""What only an extra brings is missed in a sentence that names the extra, before any work is done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from entente.errors import InputError
from entente.experiments.extras import need

WITHOUT = "import sys; sys.modules.update(dict.fromkeys(sys.argv[1].split(','))); sys.argv = sys.argv[1:]; "
ENTENTE = WITHOUT + "from entente.cli import main; main()"
PAGE = WITHOUT + "from entente.page.__main__ import main; main()"


@pytest.mark.parametrize(
    ("program", "module", "words", "extra"),
    [
        (ENTENTE, "arviz", ["calibrate", "--out", "out"], "studies"),
        (ENTENTE, "ema_workbench", ["discover", "small", "--outcome", "depth:tashkent", "--above", ".5", "--out", "out"], "studies"),
        (ENTENTE, "ema_workbench", ["decide", "keep-apart", "--out", "out"], "studies"),
        (ENTENTE, "distributed", ["batch", "small", "--scheduler", "tcp://127.0.0.1:1", "--out", "out"], "studies"),
        (ENTENTE, "fsspec", ["batch", "small", "--out", "s3://bucket/out"], "studies"),
        (ENTENTE, "fsspec", ["runs", "s3://bucket/out"], "studies"),
        (PAGE, "solara", [__file__], "page"),
    ],
)  # fmt: skip
def test_a_command_says_which_extra_it_needs_before_it_works(
    program: str, module: str, words: list[str], extra: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program, module, *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert f"needs {module.replace('_', '-')}; install the extra: pip install 'entente[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.name != ".lock"] == []


def test_what_is_needed_is_not_imported_for_that(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of a package are read as it is imported, and may have to be made before."""
    looked = "import sys; from entente.experiments.extras import need; need('it', 'solara', 'page'); print('solara' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", looked], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(InputError, match="somebody: needs s3fs; install the extra"):
        need("somebody", "s3fs", "studies")

"""The help of every command ends with an example that parses, and shells complete names."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import Any

import pytest
import typer

from entente import scenario_names
from entente.cli import app, main

COMMANDS: dict[str, Any] = typer.main.get_command(app).commands


@pytest.mark.parametrize("name", COMMANDS)
def test_an_example_ends_the_help_of_a_command_and_parses(name, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    last = capsys.readouterr().out.strip().splitlines()[-1].strip()
    assert last == COMMANDS[name].epilog
    program, command, *words = shlex.split(last.removeprefix("Example: "))
    assert (program, command) == ("entente", name)
    # Every option must exist and take its value: the words are parsed as those of a user are, and nothing is run.
    COMMANDS[name].make_context(name, words)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_is_told_once(name):
    assert "Example" not in COMMANDS[name].help


def test_what_an_example_names_of_configs_ships():
    for command in COMMANDS.values():
        words = shlex.split(command.epilog)[3:]
        context = command.make_context(command.name, words)
        for parameter in command.params:
            known = {item.value for item in parameter.shell_complete(context, "")}
            given = context.params[parameter.name]
            if given is not None and known and parameter.param_type_name == "argument":
                assert given in known or given.endswith(".yaml"), f"{command.name}: {given}"


def completed(shell: str, line: str) -> str:
    """What the program answers to the completion script of a shell, for a line that ends at the cursor."""
    words = {"bash": {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}}.get(
        shell, {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    )
    done = subprocess.run(
        [sys.executable, "-m", "entente"],
        env=os.environ | {"_ENTENTE_COMPLETE": f"complete_{shell}"} | words,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_and_what_ships(shell):
    assert "hindcast" in completed(shell, "entente hi")
    assert "studies" not in completed(shell, "entente hi")
    assert "memo-2001" in completed(shell, "entente run memo-20")
    assert "--seed" in completed(shell, "entente run memo-2001 --se")


def test_scenarios_studies_and_rivals_are_completed():
    assert completed("bash", "entente run ").split() == scenario_names()
    assert completed("bash", "entente batch four").split() == ["four-reasons"]
    assert completed("bash", "entente claims --rival ratch").split() == ["ratchet"]


def test_the_script_of_a_shell_can_be_shown(monkeypatch, capsys):
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    with pytest.raises(SystemExit) as end:
        main(["--show-completion", "bash"])
    assert end.value.code == 0
    assert "_ENTENTE_COMPLETE=complete_bash" in capsys.readouterr().out

"""The command line: parses, calls one function, prints. Heavy modules are imported by the command."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from inspect import cleandoc
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from .commands.batch import batch
from .commands.brief import brief
from .commands.calibrate import calibrate
from .commands.claims import claims
from .commands.compare import compare
from .commands.decide import decide
from .commands.decompose import decompose
from .commands.discover import discover
from .commands.export import export
from .commands.hindcast import hindcast
from .commands.import_ import import_
from .commands.landscape import landscape
from .commands.mappings import mappings
from .commands.mechanisms import mechanisms
from .commands.options import MechanismFiles, mechanisms_of, shipped
from .commands.record import record
from .commands.response import response
from .commands.seal import grade, seal
from .commands.sensitivity import sensitivity
from .commands.threshold import threshold
from .errors import InputError, SideProductError

app = typer.Typer(
    name="entente",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

LOOK, STUDY, TEST, ADVISE, FILES = (
    "Run and look", "Study", "Test against records and claims", "Advise and forecast", "Files and tools",
)  # fmt: skip
"""Groups of commands in the help."""


def _command(panel: str, name: str | None = None) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a command in a group of the help; the example that ends its docstring ends its help."""

    def made(function: Callable[..., None]) -> Callable[..., None]:
        told, _, example = cleandoc(function.__doc__ or "").rpartition("\n\n")
        return app.command(name, rich_help_panel=panel, help=told, epilog=example)(function)

    return made


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"entente {version('entente')}\n")
        raise typer.Exit


@app.callback()
def _program(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Agent-based model of alliance dynamics: threats become institutions. Begin with: entente run"""


ScenarioName = Annotated[
    str,
    typer.Argument(help="Scenario of configs/ or path of a .yaml file.", autocompletion=shipped("scenarios")),
]
Assignments = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change one leaf of the scenario.")
]

FUTURES_DRAWN = 200
"""Runs behind the ties of a run that is drawn, where no number is asked for."""

ParameterSets = Annotated[
    str, typer.Option(help="default, prior, posterior, or a .parquet or .csv file of rows of dotted paths.")
]


@_command(LOOK)
def run(
    scenario: ScenarioName = "memo-2001",
    seed: Annotated[
        int | None, typer.Option(help="Seed of the noise, 0 or more; default the scenario's, 0.")
    ] = None,
    replicate: Annotated[int, typer.Option(help="Replicate of the seed.")] = 0,
    months: Annotated[int | None, typer.Option(help="Length of the run; none: the scenario's.")] = None,
    set_: Assignments = None,
    out: Annotated[str | None, typer.Option(help="The run folder; must be new or empty.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    figures: Annotated[bool, typer.Option("--figures/--no-figures", help="Draw the figures.")] = True,
    futures: Annotated[
        int | None,
        typer.Option(help="Runs of the same scenario behind the ties; 0: none. [default: 200, without figures 0]"),
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="Repeat a run of the study in this folder or at this address.")
    ] = None,
    point: Annotated[int, typer.Option(help="Which point of the study, with --from.")] = 0,
    engine: Annotated[
        str | None,
        typer.Option(
            help="The engine: mesa or ensemble; the numbers are the same. [default: ensemble, mesa for what it would have to compile]"
        ),
    ] = None,
    parameters: ParameterSets = "default",
    set_number: Annotated[int, typer.Option("--draw", min=0, help="Which of the sets of parameters.")] = 0,
    names: Annotated[bool, typer.Option("--names", help="Name the rungs in the table.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Write every table as CSV too.")] = False,
    mechanism: MechanismFiles = None,
) -> None:
    """Run a scenario once and keep everything in a run folder.

    Example: entente run memo-2001 --seed 35
    """
    from .engines.result import COMPILED, ENGINES, INTERACTIVE, checked, quickest
    from .engines.result import run as run_once
    from .experiments.folder import model_of, run_folder, run_of
    from .schema.inert import inert
    from .schema.load import load_scenario, parse_changes
    from .screen import note, progress, yearly_table
    from .telling.summary import summary

    if engine is not None and engine not in ENGINES:
        raise InputError(f"--engine {engine!r}: must be one of {', '.join(ENGINES)}")
    changes = parse_changes(set_ or [])
    own = mechanisms_of(mechanism)
    origin: Any = scenario
    values: dict[str, Any] = {}
    model = None
    if from_ is not None:
        origin, values, study_seed = run_of(from_, point)
        model = model_of(from_)
        seed = study_seed if seed is None else seed
    if parameters != "default":
        from .experiments.prior import one_set

        drawn = one_set(parameters, set_number, 0, load_scenario(origin, mechanisms=own))
        values |= {str(path): value for path, value in drawn.items()}
    ready = checked(origin, seed, months, replicate, values | changes, own)
    if seed is None:
        seed = ready.seed
    for words in inert(ready):
        note(words)
    folder = run_folder(out, ready.name)
    if engine is None:
        engine = quickest(ready) if model is None else INTERACTIVE
    if engine == COMPILED:
        from .engines.compiled.ensemble import prepare

        prepare(note, ready)
    count = futures if futures is not None else FUTURES_DRAWN if figures and model is None else 0
    if count and model is not None:
        raise InputError(
            f"--futures {count}: are run on the compiled engine, which knows the shipped model only, not {model}"
        )
    spread = None
    if count:
        from .experiments.futures import futures as run_futures

        spread = run_futures(ready, seed, count, note)
    with progress(ready.months, f"{ready.name}, seed {seed}") as advance:
        result = run_once(ready, seed, replicate=replicate, progress=advance, engine=engine, model=model)
    result.save(folder, figures, ["entente", *sys.argv[1:]], spread, csv)
    report = summary(ready, result.tables, seed, str(folder))
    if as_json:
        sys.stdout.write(json.dumps(report, allow_nan=False) + "\n")
    else:
        yearly_table(ready, report, names)
        sys.stdout.write(f"Everything is in {folder}\n")


@_command(STUDY)
def studies() -> None:
    """List the studies of configs/, a sentence each.

    Example: entente studies
    """
    from .experiments.shipped import summaries

    found = summaries()
    width = max(map(len, found))
    for name, summary in found.items():
        sys.stdout.write(f"{name:<{width}}  {summary}\n")


@_command(LOOK)
def runs(
    root: Annotated[str, typer.Argument(help="Where to look: a folder, or an address.")] = "runs",
    verify: Annotated[
        bool, typer.Option("--verify", help="Read the finished study that stands there, and see that it is whole.")
    ] = False,
) -> None:
    """List the folders of runs and studies, with state, size and date.

    Example: entente runs runs
    """
    from .experiments.folder import folders
    from .experiments.folder import verify as verified

    if verify:
        files = verified(root)
        sys.stdout.write(f"{root}: {files} files and the digest of the outcomes are what the manifest says\n")
        return
    found = folders(root)
    for row in found:
        size = f"{row['bytes'] / 1e6:.1f} MB"
        sys.stdout.write(f"{row['folder']}  {row['kind']} {row['name']}  {row['state']}  {size}  {row['date']}\n")
    if not found:
        sys.stdout.write(f"No runs below {root}\n")


@_command(LOOK)
def figures(
    run_dir: Annotated[str, typer.Argument(metavar="RUN", help="Folder or address of a run or of a study.")],
) -> None:
    """Draw the figures of a run or a study again, from its folder alone.

    Example: entente figures runs/first
    """
    from .experiments.places import below
    from .experiments.redraw import FIGURES, redraw

    sys.stdout.write(f"{len(redraw(run_dir))} files in {below(run_dir, FIGURES)}\n")


@_command(FILES, "compile")
def compile_(mechanism: MechanismFiles = None) -> None:
    """Compile the engine ahead of its first use, which takes up to a minute, once a version and set of mechanisms.

    Example: entente compile
    """
    from .engines.compiled.ensemble import prepare
    from .schema.load import load_scenario
    from .screen import note

    own = mechanisms_of(mechanism)
    if not prepare(note, *([load_scenario(mechanisms=own)] if own else [])):
        note("Compiled already.")


@_command(FILES)
def bench(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Measure both engines, Mesa's batch runner and the store on this machine; a few minutes.

    Example: entente bench --json
    """
    from .experiments.bench import bench as measure
    from .screen import note

    report = measure(note)
    sys.stdout.write((json.dumps(report) if as_json else json.dumps(report, indent=1)) + "\n")


@_command(LOOK)
def why(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    treaty: Annotated[str, typer.Argument(help="Id of the treaty.")],
    month: Annotated[str | None, typer.Option(help="Tell the story up to this month, YYYY-MM.")] = None,
) -> None:
    """Tell why a treaty deepened, hollowed out, gained or lost parties.

    Example: entente why runs/first rus-chn-2001 --month 2005-12
    """
    from .experiments.folder import one_run
    from .telling.why import why as sentences

    kept = one_run(run_dir)
    sys.stdout.write("\n".join(sentences(kept.scenario, kept.tables, treaty, month)) + "\n")


@_command(LOOK)
def check(
    file: Annotated[
        str,
        typer.Argument(
            help="A scenario file, a scenario of configs/, or the file of a mechanism (.py).",
            autocompletion=shipped("scenarios"),
        ),
    ],
) -> None:
    """Check a scenario, with its own mechanisms, or a mechanism file; say what is wrong, or that nothing is.

    To check a mechanism is to run its file: only check files that you trust.

    Example: entente check strait.yaml
    """
    from .schema.inert import inert
    from .schema.load import load_scenario
    from .schema.scenario import own_of
    from .screen import note

    if file.endswith(".py"):
        sys.stdout.write(f"{file}: fine: {_check_file(Path(file))}\n")
        return
    s = load_scenario(file)
    for words in inert(s):
        note(words)
    own = own_of(s)
    if own:
        from .engines.contract import check_contract, check_switched_off

        for one in own:
            check_contract(one, s.of)
        check_switched_off(own)
    beside = f", {len(own)} mechanisms of its own" if own else ""
    sys.stdout.write(
        f"{file}: fine: {len(s.states)} states, {len(s.treaties)} treaties, {len(s.sources)} sources of threat, "
        f"{len(s.interventions)} interventions{beside}, {s.months} months from {s.start}\n"
    )


def _check_file(path: Path) -> str:
    """Hold the mechanism of a file to the contract, and say what it declares."""
    from .engines.contract import check_contract, check_switched_off
    from .schema.own import load_mechanism

    one = load_mechanism(path)
    functions = check_contract(one)
    check_switched_off([one])
    places = ", ".join(dict.fromkeys(term.place for term in one.terms)) or "no place"
    counts = ((len(one.numbers), "number"), (functions, "function"))
    told = ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts)
    return f"{one.name}: {told}, at {places}"


@_command(FILES)
def schema(
    scenario: Annotated[
        str | None,
        typer.Argument(
            help="A scenario that brings mechanisms, whose parameters are then known too.",
            autocompletion=shipped("scenarios"),
        ),
    ] = None,
) -> None:
    """Print the JSON schema of scenario files, for editors.

    Example: entente schema memo-2001
    """
    from .schema.load import load_scenario
    from .telling.codebook import json_schema

    sys.stdout.write(json_schema(None if scenario is None else load_scenario(scenario)))


@_command(LOOK)
def scenarios() -> None:
    """List the scenarios of configs/, a sentence each.

    Example: entente scenarios
    """
    from .schema.load import load_scenario, scenario_names

    names = scenario_names()
    width = max(map(len, names))
    for name in names:
        sys.stdout.write(f"{name:<{width}}  {load_scenario(name).summary}\n")


@_command(LOOK)
def show(scenario: ScenarioName, set_: Assignments = None) -> None:
    """Print a scenario with all that it extends, as one file.

    Example: entente show memo-2001 --set behaviour.linkage=0
    """
    from .schema.load import load_scenario, parse_changes
    from .telling.files import scenario_text

    sys.stdout.write(scenario_text(load_scenario(scenario, parse_changes(set_ or []))))


@_command(FILES)
def new(
    name: Annotated[str, typer.Argument(help="Id of the new scenario, or name of the new mechanism.")],
    mechanism: Annotated[
        bool, typer.Option("--mechanism", help="Write NAME.py, a commented mechanism, instead.")
    ] = False,
) -> None:
    """Write NAME.yaml, a commented scenario of two states and a treaty, to start from.

    Example: entente new strait
    """
    from .starter import write_mechanism, write_starter

    if mechanism:
        sys.stdout.write(f"{write_mechanism(name)} written; check it with: entente check {name}.py\n")
    else:
        sys.stdout.write(f"{write_starter(name)} written; run it with: entente run {name}.yaml\n")


_COMMANDS: dict[str, tuple[Callable[..., None], ...]] = {
    STUDY: (batch, sensitivity, decompose, compare, threshold, discover),
    TEST: (claims, hindcast, response, calibrate, landscape, record, mappings),
    ADVISE: (brief, decide, seal, grade),
    FILES: (mechanisms, export),
}
for _panel, _commands in _COMMANDS.items():
    for _each in _commands:
        _command(_panel)(_each)
_command(TEST, "import")(import_)


COMPLETION = "_ENTENTE_COMPLETE"
"""The variable in which the script of a shell asks for completions."""


def main(arguments: list[str] | None = None) -> None:
    """Run a command; what the user gave wrong ends in one sentence and exit code 2."""
    if COMPLETION in os.environ:
        # A shell asks what may come next. Typer answers it, and ends the program.
        app(prog_name="entente")
    command: Any = typer.main.get_command(app)
    try:
        with _heard():
            # Not `command.main`, which ends an interruption without a word.
            words = sys.argv[1:] if arguments is None else list(arguments)
            with command.make_context("entente", words) as context:
                command.invoke(context)
    except InputError as error:
        _fail(str(error))
    except SideProductError as error:
        sys.stderr.write(f"entente: {error}\n")
        sys.exit(3)
    except (KeyboardInterrupt, typer.Abort) as error:
        # Whoever keeps parts of the work says so in the interruption that it passes on.
        sys.stderr.write(f"entente: interrupted; {str(error) or 'what was not finished was not written'}\n")
        sys.exit(130)
    except typer.Exit as end:
        sys.exit(end.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        # Typer's own complaints about the command line know how to put themselves in words.
        sentence_of = getattr(error, "format_message", None)
        if sentence_of is None:
            raise
        sentence = _option_sentence(error) or " ".join(str(sentence_of()).split())
        if sentence:
            _fail(sentence)
        sys.exit(2)
    sys.exit(0)


@contextmanager
def _heard() -> Iterator[None]:
    """Say at once that an interruption was heard: what runs needs a moment to stop. A second one is not waited for."""

    def hear(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.stderr.write("entente: stopping\n")
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_OPTION_RULES = {
    "greater_than_equal": "must be {ge:g} or more",
    "less_than_equal": "must be {le:g} or less",
    "int_parsing": "must be a whole number",
    "float_parsing": "must be a number",
}


def _option_sentence(error: Exception) -> str:
    """What is wrong with the value of an option, as the other sentences have it; empty where it is something else."""
    names = getattr(getattr(error, "param", None), "opts", None)
    if not names or not isinstance(error.__cause__, ValidationError):
        return ""
    found = error.__cause__.errors()[0]
    rule = _OPTION_RULES.get(found["type"])
    return f"{names[0]} {found['input']}: {rule.format(**found.get('ctx', {}))}" if rule else ""


def _fail(sentence: str) -> None:
    sys.stderr.write("entente: " + "\\n".join(sentence.splitlines()) + "\n")
    sys.exit(2)

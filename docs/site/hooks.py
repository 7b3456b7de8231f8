"""What the site adds to the pages of docs/: the front page, the commands, the notebook with its outputs, and files that pages link to.

Pages are written for a reader of the repository; links that lead out of docs/ are turned to what the site has in their place.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from nbclient import NotebookClient

from entente.cli import app

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"
OUTWARD = re.compile(r"(\]\()\.\./([^)#\s]+)")
"""A link of a page of docs/ out of it, to another file of the repository."""
LINKED = TemporaryDirectory()
"""Where the package lies as it is installed, made of links; it goes with the program."""


@event_priority(100)  # before mkdocstrings reads where the code is
def on_config(config: MkDocsConfig) -> None:
    """Show the reader of the code one package, whose folders lie side by side in the repository."""
    package = Path(LINKED.name, "entente")
    package.mkdir()
    for part in [*(ROOT / "model").iterdir(), ROOT / "agents"]:
        (package / part.name).symlink_to(part)
    config.plugins["mkdocstrings"].config.handlers["python"]["paths"] = [str(package.parent)]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is made, and the files outside docs/ that pages link to."""
    made = {"index.md": README.read_text(encoding="utf-8"), "reference/commands.md": commands(), **notebook()}
    for name, content in made.items():
        files.append(File.generated(config, name, content=content))
    pages = [file.content_string for file in files.documentation_pages() if "/" not in file.src_uri]
    for target in sorted({found[2] for text in pages for found in OUTWARD.finditer(text)}):
        if ROOT / target != README:
            files.append(File.generated(config, target, abs_src_path=str(ROOT / target)))
    return files


def on_page_markdown(markdown: str, page: Page, **kwargs: Any) -> str:
    """Turn links that hold in the repository to where they lead in the site."""
    if "/" in page.file.src_uri:
        return markdown
    turned = markdown.replace("](docs/", "](").replace("](../README.md", "](index.md")
    return OUTWARD.sub(r"\1\2", turned).replace("notebook.ipynb)", "notebook.md)")


def commands() -> str:
    """The commands as their help tells them, in its groups."""
    program: Any = typer.main.get_command(app)
    groups: dict[str, list[str]] = {}
    for command in program.commands.values():
        groups.setdefault(command.rich_help_panel, []).append("\n".join(told(command)))
    parts = [
        "# Commands",
        "Each is told by its own `--help`, too, and what it takes from `configs/` is completed by the shell:\n"
        "`entente --install-completion`, once, for bash, zsh or fish.",
    ]
    for group, texts in groups.items():
        parts += [f"## {group}", *texts]
    return "\n\n".join(parts) + "\n"


def told(command: Any) -> Iterator[str]:
    """One command: what it does, an example, and what it can be given."""
    yield f"### entente {command.name}\n\n{command.help}\n\n```console\n$ {command.epilog.removeprefix('Example: ')}\n```\n"
    if command.params:
        yield "| argument or option | default | what |\n| --- | --- | --- |"
    for given in command.params:
        names = ", ".join(f"`{name}`" for name in [*given.opts, *given.secondary_opts])
        if given.param_type_name == "argument":
            names = f"`{(given.metavar or given.name).upper()}`"
        yield f"| {names} | {default_of(given)} | {given.help.replace('|', '&#124;')} |"


def default_of(given: Any) -> str:
    """What an argument or option is where it is not named."""
    if given.secondary_opts:
        return f"`{(given.opts if given.default else given.secondary_opts)[0]}`"
    if given.default is None or given.default is False:
        return "required" if given.required else ""
    return f"`{given.default}`"


def notebook() -> dict[str, str | bytes]:
    """The notebook as a page with what its cells say when they are run now, and its pictures."""
    read = nbformat.read(NOTEBOOK, as_version=4)
    with TemporaryDirectory() as desk:
        quiet = ["--IPKernelApp.log_level=ERROR"]
        NotebookClient(read, timeout=600, extra_arguments=quiet, resources={"metadata": {"path": desk}}).execute()
    parts: list[str] = []
    pictures: dict[str, str | bytes] = {}
    for cell in read.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        for output in cell.outputs:
            data = output.get("data", {})
            if "image/png" in data:
                name = f"notebook-{len(pictures) + 1}.png"
                pictures[name] = base64.b64decode(data["image/png"])
                parts.append(f"![What the cell draws]({name})")
            elif "text/html" in data:
                parts.append(f'<div class="output">\n{data["text/html"]}\n</div>')
            else:
                parts.append(f"```text\n{output.get('text') or data['text/plain']}\n```")
    return {"notebook.md": "\n\n".join(parts) + "\n", **pictures}

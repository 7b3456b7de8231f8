"""A first scenario of one's own."""

from __future__ import annotations

import re
from pathlib import Path

from .errors import InputError, shown
from .schema.load import scenario_names

TEMPLATE = """\
# A scenario of your own: two states, one threat, one treaty.
# Check it with `entente check {name}.yaml`, run it with `entente run {name}.yaml`.
# `entente schema` prints what may stand here; whatever is left out has a default.
name: {name}
summary: Two states meet a common threat.
start: 2000-01          # first month
months: 240             # how long

# Where threats come from. `base` is the intensity to which a source returns (0..2), `need` the
# depth of institutions that meeting it calls for (0..1), `rate` the shocks a year.
sources:
  rival:
    name: The rival
    origin: Elsewhere
    base: 0.2
    need: 0.9
    rate: 0.3

# Capability is a share of the world's; exposure says how much a source concerns the state,
# contribution what it can do against it (both 0..1).
states:
  AAA:
    name: Aland
    place: {{longitude: 10, latitude: 50}}
    capability: 0.02
    exposure: {{rival: 0.8}}
    contribution: {{rival: 0.6}}
  BBB:
    name: Beland
    place: {{longitude: 20, latitude: 52}}
    capability: 0.01
    exposure: {{rival: 0.6}}
    contribution: {{rival: 0.4}}

# A treaty, its scope and its articles, each a rule.
treaties:
  pact:
    name: Pact of Aland and Beland
    parties: {{AAA: true, BBB: true}}
    signed: 2000-06
    obligation: 2         # 0 none, 1 non-aggression, 2 consultation, 3 act, 4 mutual defence
    rung: 1               # organs at signature, 0..6
    scope: {{rival: 1}}
    articles:
      consultation: {{rule: consultation, strength: 0.5}}
      term: {{rule: term, years: 10, renewal_years: 5}}

# What happens on a date: shocks, rumours, offers, settings, entries, exits.
interventions:
  crisis:
    kind: shock
    month: 2004-03
    source: rival
    size: 0.8
    text: The rival mobilises
"""


def write_starter(name: str, folder: Path | None = None) -> Path:
    """Write `name`.yaml into a folder (the current one). Raises `InputError` where it exists."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", name):
        raise InputError(f"{shown(name)}: a name has letters, digits, dots, dashes and underscores, 60 at most")
    if name in scenario_names():
        raise InputError(f"{shown(name)}: a scenario of that name comes with the model; take another name")
    path = (folder or Path()) / f"{name}.yaml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE.format(name=name))
    except FileExistsError:
        raise InputError(f"{path}: exists already") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
    return path

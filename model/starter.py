"""A first scenario, and a first mechanism, of one's own."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from .errors import InputError, shown
from .mechanisms import shipped
from .schema.load import scenario_names

LONGEST = 40
"""Letters of the name of a mechanism, at most."""

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


MECHANISM = '''\
"""{name}: say here in a sentence what it is, and why it acts.

Check this file with `entente check {name}.py`. A scenario that names it runs it:

    mechanisms:
      {name}: {{file: {name}.py}}

and from Python, with `{name}` imported: `run("memo-2001", mechanisms=[{name}])`. It acts beside all
mechanisms of the model, in both engines.

Examples below are commented out by a # alone, what explains them by a # and a space: take the first # away from
every line of an example and it acts.
"""

from entente import Mechanism

# Its name is also that of its switch: `switches.{name}: false` in a scenario takes it out.
{name} = Mechanism("{name}", "A place beside powerful partners is worth something in itself.")

# A parameter is one number for all, `behaviour.{name}_worth`: its default, what it means, what is allowed, and
# the range that studies draw it from (its prior).
{name}.parameter(
    "{name}_worth", 0.05, "Worth of a place beside powerful partners.",
    low=0, high=1, prior=(0, 0.1), unit="utility", symbol="w",
)


# A term: a function that adds to a place of the month. `entente mechanisms --places` prints all places. Here it is
# `linear`, what each unit of depth is worth to a party of a treaty.
# The names of the arguments are words: parameters and fields of this file, and what `entente mechanisms --words`
# prints. The function is algebra: + - * /, min, max, sqrt, floor, and where(condition, yes, no). Its formula stands
# below its name. `bounds` is what you claim of it; `entente check` looks for values at which it is not so.
@{name}.adds_to("linear", bounds=(0, 1))
def {name}_gain({name}_worth, partners_capability, capability):
    """`worth * C/(C + c_i)`, C the capability of all partners, c_i one's own."""
    return {name}_worth * partners_capability / (partners_capability + capability)


# A field is a number of each state, source or treaty, or of each party in each treaty. This one stands in a
# scenario as `states.AAA.{name}_taste: 0.5`; that of a partner is the word `partner_{name}_taste`.
#{name}.of_state("{name}_taste", 1, "How much the state cares.", low=0, high=2, unit="1", symbol="a")


# A sum over `partners`, `sources` of threat, or the party's other `treaties`: the function is the term of one of
# them, and other functions of this file name the sum like a word.
#@{name}.sum_over("partners")
#def {name}_of_partners(partner_share, partner_{name}_taste):
#    """`s_j * a_j`: what the partners care, by their shares of capability."""
#    return partner_share * partner_{name}_taste


#@{name}.adds_to("linear")
#def {name}_shared({name}_worth, {name}_taste, {name}_of_partners):
#    """`worth * a_i * sum_j s_j*a_j`."""
#    return {name}_worth * {name}_taste * {name}_of_partners


# Noise of its own: a new number a month for each state, source or treaty, uniform on [0, 1), or with law="normal".
# On one seed it is the same in every run, whatever else is changed.
#{name}.noise("{name}_luck", over="treaty")


# A number that is kept from month to month, of each state, source or treaty: its next value. It is 0 at first, moves
# at the beginning of the month, and other functions name it like a word. With unit and meaning it is recorded.
#@{name}.remembers("{name}_past", over="treaty", bounds=(0, 1))
#def {name}_kept({name}_past, depth):
#    """`(9*past + D)/10`, as `past + (D - past)/10`."""
#    return {name}_past + (depth - {name}_past) / 10.0


#from entente import where


#@{name}.adds_to("mistrust")
#def {name}_scandal({name}_luck):
#    """0.1 where luck is below 0.01, about once in eight years, else 0: `where(u < 0.01, 0.1, 0)`."""
#    return where({name}_luck < 0.01, 0.1, 0.0)
'''


def write_starter(name: str, folder: Path | None = None) -> Path:
    """Write `name`.yaml into a folder (the current one). Raises `InputError` where it exists."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", name):
        raise InputError(f"{shown(name)}: a name has letters, digits, dots, dashes and underscores, 60 at most")
    if name in scenario_names():
        raise InputError(f"{shown(name)}: a scenario of that name comes with the model; take another name")
    return _written((folder or Path()) / f"{name}.yaml", TEMPLATE.format(name=name))


def write_mechanism(name: str, folder: Path | None = None) -> Path:
    """Write `name`.py, a mechanism, into a folder (the current one). Raises `InputError` where it exists."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or len(name) > LONGEST or keyword.iskeyword(name):
        raise InputError(
            f"{shown(name)}: a mechanism's name has small letters, digits and single underscores, {LONGEST} at most"
        )
    if name in shipped().switches:
        raise InputError(f"{shown(name)}: a mechanism of that name comes with the model; take another name")
    return _written((folder or Path()) / f"{name}.py", MECHANISM.format(name=name))


def _written(path: Path, text: str) -> Path:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{path}: exists already") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
    return path

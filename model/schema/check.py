"""What types alone cannot say: references between the parts of a scenario, and its calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from entente.errors import nearest, shown

from .base import MONTHS_IN_YEAR, month_number
from .intervention import (
    ArticleSwitch,
    Concession,
    Membership,
    Offer,
    Rift,
    Setting,
    Threat,
    Weakness,
)
from .paths import leaf, numeric_leaves
from .scenario import Scenario
from .state import life
from .treaty import CoveringArticle, Rule, TowardsArticle, Treaty

Problem = tuple[str, str]


def problems(scenario: Scenario) -> Iterator[Problem]:
    """Every broken rule as (dotted path, sentence without the path), in the order of the scenario."""
    yield from _world(scenario)
    for id_, treaty in scenario.treaties.items():
        yield from _treaty(scenario, id_, treaty)
    yield from _succession(scenario)
    yield from _interventions(scenario)


def lives(s: Scenario, id_: str, month: int) -> bool:
    """Whether a state exists in a month, counted as by `month_number`."""
    first, last = life(s.states[id_])
    return first <= month <= last


def _known(path: str, names: Iterable[str], known: Iterable[str], what: str) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            yield path, f"{shown(name)} is no {what} of this scenario{nearest(name, known)}"


def _world(s: Scenario) -> Iterator[Problem]:
    start = month_number(s.start)
    if s.prelude is not None and month_number(s.prelude) >= start:
        yield "prelude", f"{s.prelude}: must be before the start, {s.start}"
    for id_, state in s.states.items():
        at = f"states.{id_}"
        if id_ in s.powers:
            yield at, "is also an outside power; an id may be used once"
        yield from _known(f"{at}.exposure", state.exposure, s.sources, "source")
        yield from _known(f"{at}.contribution", state.contribution, s.sources, "source")
        if state.core is not None:
            yield from _known(f"{at}.core", [state.core], s.sources, "source")
        yield from _life(s, id_)
    for id_, power in s.powers.items():
        yield from _known(f"powers.{id_}.packages", power.packages, s.states, "state")
        yield from _known(f"powers.{id_}.courts", power.courts, s.states, "state")
    for id_, source in s.sources.items():
        if source.sponsor is not None:
            yield from _known(f"sources.{id_}.sponsor", [source.sponsor], s.powers, "outside power")
        yield from _known(f"sources.{id_}.sponsors.treaties", source.sponsors.treaties, s.treaties, "treaty")
        yield from _known(f"sources.{id_}.sponsors.states", source.sponsors.states, s.states, "state")
        if source.of is not None:
            if source.origin != "member":
                yield (
                    f"sources.{id_}.of",
                    f"{shown(source.of)}: only a source of origin member says of which state it is",
                )
            yield from _known(f"sources.{id_}.of", [source.of], s.states, "state")


def _life(s: Scenario, id_: str) -> Iterator[Problem]:
    state, at = s.states[id_], f"states.{id_}"
    first, last = life(state)
    if first > last:
        yield f"{at}.to", f"{state.to}: before the state begins, {getattr(state, 'from')}"
    yield from _known(f"{at}.inherits", state.inherits, s.treaties, "treaty")
    if state.successor is None:
        if any(state.inherits.values()):
            yield f"{at}.successor", "missing: who inherits its seats?"
        return
    yield from _known(f"{at}.successor", [state.successor], s.states, "state")
    if state.to is None:
        yield f"{at}.to", "missing: a state that does not end has no successor"
    elif state.successor in s.states and not lives(s, state.successor, last + 1):
        yield f"{at}.successor", f"{shown(state.successor)} does not exist in the month after {state.to}"


def _lives(path: str, s: Scenario, states: Iterable[str], month: str) -> Iterator[Problem]:
    """Of states that must exist in a month, those that do not."""
    for id_ in states:
        if id_ in s.states and not lives(s, id_, month_number(month)):
            yield path, f"{shown(id_)} does not exist in {month}"


def _phases(s: Scenario, at: str, t: Treaty) -> Iterator[Problem]:
    for month, phase in t.phases.items():
        here = f"{at}.phases.{month}"
        if t.signed is not None and month_number(month) <= month_number(t.signed):
            yield here, f"must begin after the signature, {t.signed}"
        yield from _known(f"{here}.parties", phase.parties, s.states, "state")
        yield from _lives(
            f"{here}.parties", s, [state for state, enters in phase.parties.items() if enters], month
        )
        yield from _articles(s, here, phase.articles or {}, at.split(".")[1])


def _treaty(s: Scenario, id_: str, t: Treaty) -> Iterator[Problem]:
    at = f"treaties.{id_}"
    begin = s.prelude or s.start
    yield from _known(f"{at}.parties", t.parties, s.states, "state")
    yield from _known(f"{at}.candidates", t.candidates, s.states, "state")
    yield from _known(f"{at}.scope", t.scope, s.sources, "source")
    parties = [state for state, signs in t.parties.items() if signs]
    if len(parties) < 2:
        yield f"{at}.parties", f"{len(parties)} signing: a treaty needs two parties at least"
    if t.hub is not None and t.hub not in parties:
        yield f"{at}.hub", f"{shown(t.hub)} is no party of this treaty{nearest(t.hub, parties)}"
    leads = [state for state, leads_it in t.leads.items() if leads_it]
    for lead in leads:
        if lead not in parties:
            yield f"{at}.leads", f"{shown(lead)} is no party of this treaty{nearest(lead, parties)}"
    if t.decision == "lead" and not leads:
        yield f"{at}.leads", "a treaty whose lead states decide needs one"
    if t.signing == "historical" and t.signed is None and t.opening is None:
        yield f"{at}.signed", "missing: a historical treaty needs its month of signature"
    if t.signing == "endogenous" and t.signed is not None:
        yield f"{at}.signed", f"{t.signed}: an endogenous treaty has no date"
    if t.signed is not None and t.opening is None and month_number(t.signed) < month_number(begin):
        yield (
            f"{at}.signed",
            f"{t.signed}: before the scenario starts ({begin}); give its state then as opening",
        )
    if t.in_force is not None and t.signed is not None and month_number(t.in_force) < month_number(t.signed):
        yield f"{at}.in_force", f"{t.in_force}: before the signature, {t.signed}"
    if t.opening is not None:
        for state in t.opening.left:
            if state not in parties:
                yield (
                    f"{at}.opening.left",
                    f"{shown(state)} is no party of this treaty{nearest(state, parties)}",
                )
        yield from _known(f"{at}.opening.joined", t.opening.joined, s.states, "state")
        carried = (t.opening.rung + 1) / s.institution.steps
        if t.opening.depth is not None and t.opening.depth > carried:
            yield (
                f"{at}.opening.depth",
                f"{t.opening.depth:g}: must be {carried:.3g} or less, which is what organs of rung {t.opening.rung} carry",
            )
        if len(parties) - len(t.opening.left) + len(t.opening.joined) < 2:
            yield f"{at}.opening.left", "leaves fewer than two parties"
    yield from _exist(s, at, t, parties)
    yield from _articles(s, at, t.articles, id_)
    yield from _phases(s, at, t)


def _exist(s: Scenario, at: str, t: Treaty, parties: list[str]) -> Iterator[Problem]:
    """Whether those who sign, or are in when the scenario starts, exist then."""
    named = [state for state in parties if state in s.states]
    if t.signing == "endogenous":
        begin, end = month_number(s.prelude or s.start), month_number(s.start) + s.months - 1
        mortal = [state for state in named if not (lives(s, state, begin) and lives(s, state, end))]
        if mortal:
            yield (
                f"{at}.parties",
                f"{shown(mortal[0])}: a founder of an endogenous treaty must exist in the whole run",
            )
        return
    inside, month = named, t.signed
    if t.opening is not None:
        inside = [*(state for state in named if state not in t.opening.left), *t.opening.joined]
        month = s.start
    alive = [state for state in inside if state in s.states and lives(s, state, month_number(month or s.start))]
    if len(alive) < 2 <= len(inside):
        yield f"{at}.parties", f"fewer than two of them exist in {month}"


def _articles(s: Scenario, at: str, articles: Mapping[str, Rule], id_: str) -> Iterator[Problem]:
    terms = [key for key, article in articles.items() if article.rule == "term"]
    if len(terms) > 1:
        yield f"{at}.articles.{terms[1]}", "a second term; a treaty has one"
    for key, article in articles.items():
        here = f"{at}.articles.{key}"
        if isinstance(article, CoveringArticle):
            yield from _known(f"{here}.sources", article.sources, s.sources, "source")
        if isinstance(article, TowardsArticle):
            yield from _known(f"{here}.towards", [article.towards], s.treaties, "treaty")
            if article.towards == id_:
                yield f"{here}.towards", "a treaty cannot promote itself"


def _succession(s: Scenario) -> Iterator[Problem]:
    if s.focus is not None:
        yield from _known("focus", [s.focus], s.treaties, "treaty")
    heirs: dict[str, str] = {}
    for id_, t in s.treaties.items():
        if t.succeeds is None:
            continue
        at = f"treaties.{id_}.succeeds"
        yield from _known(at, [t.succeeds], s.treaties, "treaty")
        if t.succeeds in heirs:
            yield at, f"{t.succeeds} is already succeeded by {heirs[t.succeeds]}"
        heirs[t.succeeds] = id_
        seen, at_id = {id_}, t.succeeds
        while at_id in s.treaties and at_id not in seen:
            seen.add(at_id)
            at_id = s.treaties[at_id].succeeds or ""
        if at_id in seen:
            yield at, "the succession runs in a circle"


def _interventions(s: Scenario) -> Iterator[Problem]:
    begin = month_number(s.prelude or s.start)
    end = month_number(s.start) + s.months
    settable: dict[str, tuple[float, float] | None] | None = None
    for id_, act in s.interventions.items():
        at = f"interventions.{id_}"
        month = month_number(act.month)
        # Later months are kept: a shorter horizon must not make a calendar invalid.
        if month < begin:
            yield f"{at}.month", f"{act.month}: before the scenario starts ({s.prelude or s.start})"
        if month >= end + 200 * MONTHS_IN_YEAR:
            yield f"{at}.month", f"{act.month}: more than two centuries after the end"
        if isinstance(act, Threat):
            if (act.source is None) == (act.sponsor is None):
                yield at, "needs a source or a sponsor, and not both"
            if act.source is not None:
                yield from _known(f"{at}.source", [act.source], s.sources, "source")
            if act.sponsor is not None:
                yield from _known(f"{at}.sponsor", [act.sponsor], s.powers, "outside power")
                if not act.weights:
                    yield f"{at}.weights", "missing: a threat by its sponsor needs weights"
        if isinstance(act, Threat | Weakness):
            yield from _known(f"{at}.weights", act.weights, s.states, "state")
        if isinstance(act, Rift):
            yield from _rift(s, at, act)
        if isinstance(act, Offer):
            yield from _known(f"{at}.power", [act.power], s.powers, "outside power")
        if isinstance(act, Concession):
            yield from _known(f"{at}.source", [act.source], s.sources, "source")
            if act.source in s.sources and not s.sources[act.source].sponsored:
                yield f"{at}.source", f"{shown(act.source)} has no sponsor that could give it up"
        if isinstance(act, Offer | Membership):
            yield from _known(f"{at}.state", [act.state], s.states, "state")
        if isinstance(act, Membership) and act.kind == "entry":
            yield from _lives(f"{at}.state", s, [act.state], act.month)
        if isinstance(act, Membership | ArticleSwitch):
            yield from _known(f"{at}.treaty", [act.treaty], s.treaties, "treaty")
        if isinstance(act, ArticleSwitch) and act.treaty in s.treaties:
            yield from _known(
                f"{at}.article", [act.article], s.treaties[act.treaty].articles, f"article of {act.treaty}"
            )
        if isinstance(act, Setting):
            settable = numeric_leaves(s) if settable is None else settable
            yield from _setting(s, at, act, settable)


def _rift(s: Scenario, at: str, act: Rift) -> Iterator[Problem]:
    if (act.treaty is None) == (not act.parties):
        yield at, "needs a treaty or parties, and not both"
    if act.treaty is not None:
        yield from _known(f"{at}.treaty", [act.treaty], s.treaties, "treaty")
    yield from _known(f"{at}.parties", act.parties, s.states, "state")
    twice = [state for n, state in enumerate(act.parties) if state in act.parties[:n]]
    if twice:
        yield f"{at}.parties", f"{shown(twice[0])} is named twice"
    elif len(act.parties) == 1:
        yield f"{at}.parties", "1 named: a quarrel needs two parties at least"


def _setting(
    s: Scenario, at: str, act: Setting, settable: dict[str, tuple[float, float] | None]
) -> Iterator[Problem]:
    if act.path not in settable:
        yield (
            f"{at}.path",
            f"{shown(act.path)} is no number or switch of this scenario{nearest(act.path, settable)}",
        )
        return
    if isinstance(leaf(s, act.path), bool) != isinstance(act.value, bool):
        yield f"{at}.value", f"{shown(act.value)}: {act.path} takes {shown(leaf(s, act.path))} or the like"
        return
    limits = settable[act.path]
    if limits is not None and not limits[0] <= act.value <= limits[1]:
        yield f"{at}.value", f"{act.value}: {act.path} must lie in {limits[0]:g}..{limits[1]:g}"

"""What is told of a chosen tie or treaty: articles, promise, rung history, wishes, and why."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import numpy as np

from entente.engines.interactive.treaty import RUNNING
from entente.month.ladder import OBLIGATIONS
from entente.schema.intervention import ArticleSwitch, Setting
from entente.schema.scenario import Scenario
from entente.schema.treaty import CoveringArticle, Rule, TermArticle, TowardsArticle

from .scene import Scene

TERM = "a running term slows hollowing out"
"""What the one rule of the core does."""
HINT = (
    "<h2>Treaty or tie</h2><p>Choose an edge, a shape, a line or a chip in any picture to read its articles, its "
    "promise, its history, what its parties want, and why it is where it is; or choose a treaty here.</p>"
)

Why = Callable[[str], tuple[str, list[str]]]
"""Month up to which it is told, and the sentences on a treaty."""


def details(scene: Scene, why: Why) -> str:
    """HTML for what is chosen; a hint where nothing is."""
    if not scene.chosen:
        return _hint(scene)
    if "|" not in scene.chosen:
        if scene.chosen not in scene.world.treaties:
            return _hint(scene)
        return _treaty(scene, scene.world.treaties.index(scene.chosen), why, open_=True)
    ends = scene.chosen.split("|")
    if any(id_ not in scene.world.states for id_ in ends):
        return _hint(scene)
    a, b = (scene.world.states.index(id_) for id_ in ends)
    shared = [p for p in scene.running() if {a, b} <= set(scene.members(p))]
    index = 1.0 - float(np.prod([1.0 - float(scene.now("depth")[p]) for p in shared]))
    head = (f"<h2>{escape(scene.state_name(a))} and {escape(scene.state_name(b))}, {scene.date}</h2>"
            f"<p>Tie {index:.2f} of 1 over {len(shared)} shared "
            f"{'treaty' if len(shared) == 1 else 'treaties'}.</p>")  # fmt: skip
    return head + "".join(_treaty(scene, p, why, open_=n == 0) for n, p in enumerate(shared))


def _hint(scene: Scene) -> str:
    names = sorted((scene.treaty_name(p), id_) for p, id_ in enumerate(scene.world.treaties))
    buttons = "".join(f'<button data-pick="treaty:{escape(id_)}">{escape(name)}</button>' for name, id_ in names)
    return f'{HINT}<p class="choices">{buttons}</p>'


def _treaty(scene: Scene, p: int, why: Why, open_: bool) -> str:
    standing = ("not signed", "in force", "ended")[int(scene.now("status")[p])]
    rung, depth = int(scene.now("rung")[p]), float(scene.now("depth")[p])
    promise = int(scene.now("obligation")[p])
    facts = f"{standing}; rung {rung}, depth {depth:.2f}; obligation {promise}: {OBLIGATIONS[promise]}"
    if standing != "in force":
        facts = standing
    body = (f"<p><b>{facts}</b>{_term(scene, p)}</p>{_articles(scene, p)}{_wishes(scene, p)}{_history(scene, p)}"
            f"{_why(scene.world.treaties[p], why)}")  # fmt: skip
    title = f"{escape(scene.treaty_name(p))}, {scene.date}"
    return f"<details{' open' if open_ else ''}><summary><h2>{title}</h2></summary>{body}</details>"


def _term(scene: Scene, p: int) -> str:
    end = int(scene.now("term_end")[p]) if scene.months else -1
    if end < 0 or scene.now("status")[p] != RUNNING:
        return ""
    return f"; the term runs to {scene.world.month(scene.world.opens + end)}"


def _articles(scene: Scene, p: int) -> str:
    id_ = scene.world.treaties[p]
    treaty = scene.scenario.treaties[id_]
    rows = []
    for key, article in sorted(treaty.articles.items()):
        on = in_force(scene.scenario, id_, key, scene.date)
        state = "on" if on else "off"
        other = "off" if on else "on"
        said = f" <i>{escape(article.text)}</i>" if article.text else ""
        rows.append(
            f'<tr class="{state}"><td>{escape(key.replace("_", " "))}</td><td>{article.strength:g}</td>'
            f"<td>{_does(scene.scenario, article.rule)}{escape(_reach(scene.scenario, article))}.{said}</td><td>{state}</td>"
            f'<td><button data-pick="article:{escape(id_)}/{escape(key)}/{other}">switch {other}</button></td></tr>'
        )
    if not rows:
        return "<h3>Articles</h3><p>none</p>"
    return ("<h3>Articles</h3><table><tr><th>article</th><th>strength</th><th>what it does</th><th>now</th>"
            f"<th>from next month</th></tr>{''.join(rows)}</table>")  # fmt: skip


def _does(scenario: Scenario, rule: str) -> str:
    """What a rule does, as its mechanism declares it."""
    article = scenario.of.articles.get(rule)
    return TERM if article is None else escape(article.brief or article.effect.rstrip("."))


def _reach(scenario: Scenario, article: Rule) -> str:
    if isinstance(article, CoveringArticle):
        if not article.sources:
            return ", on all that the treaty covers"
        return ", on " + ", ".join(f"{scenario.sources[k].name} {share:g}" for k, share in article.sources.items())
    if isinstance(article, TowardsArticle):
        return f": {scenario.treaties[article.towards].name}"
    if isinstance(article, TermArticle):
        return f": {article.years:g} years, then {article.renewal_years:g}"
    return ""


def in_force(scenario: Scenario, treaty: str, article: str, month: str) -> bool:
    """Whether an article is on in a month, after all that the calendar and the levers did to it."""
    on = scenario.treaties[treaty].articles[article].on
    path = f"treaties.{treaty}.articles.{article}.on"
    acts = [(act.month, id_, act) for id_, act in scenario.interventions.items() if act.month <= month]
    for _, _, act in sorted(acts, key=lambda item: item[:2]):
        if isinstance(act, ArticleSwitch) and (act.treaty, act.article) == (treaty, article):
            on = act.on
        elif isinstance(act, Setting) and act.path == path:
            on = bool(act.value)
    return on


def _wishes(scene: Scene, p: int) -> str:
    if scene.now("status")[p] != RUNNING or not scene.months:
        return ""
    rows = "".join(
        f"<tr><td>{escape(scene.state_name(i))}</td><td>{float(scene.now('ideal')[p, i]):.2f}</td>"
        f"<td>{float(scene.now('received')[p, i] - scene.now('paid')[p, i]):+.4f}</td>"
        f"<td>{float(scene.now('value')[p, i]):.3f}</td></tr>"
        for i in scene.members(p)
    )
    agreed = float(scene.now("agreed")[p])
    return (f"<h3>What the parties want (agreed: {agreed:.2f})</h3><table><tr><th>party</th><th>wish</th>"
            f"<th>payments</th><th>worth to it</th></tr>{rows}</table>")  # fmt: skip


def history(scene: Scene, p: int) -> list[tuple[str, int, int]]:
    """Months in which a treaty's rung moved, with the rung before and after."""
    arrays = scene.trajectory.arrays
    rung, status = arrays["rung"][: scene.months, p], arrays["status"][: scene.months, p]
    moved = [n for n in range(1, len(rung)) if rung[n] != rung[n - 1] and status[n] == status[n - 1] == RUNNING]
    return [(scene.world.month(scene.world.opens + n), int(rung[n - 1]), int(rung[n])) for n in moved]


def _history(scene: Scene, p: int) -> str:
    moves = history(scene, p)
    words = "; ".join(f"{month} from {before} to {after}" for month, before, after in moves)
    return f"<h3>Rung history</h3><p>{words or 'it has not moved since the start of the run'}</p>"


def _why(treaty: str, why: Why) -> str:
    month, sentences = why(treaty)
    if not sentences:
        return ""
    told = "".join(f"<li>{escape(line.strip())}</li>" for line in sentences)
    return (f'<h3>Why, up to {month} <button data-pick="why:{escape(treaty)}">tell anew</button></h3>'
            f'<ul class="why">{told}</ul>')  # fmt: skip

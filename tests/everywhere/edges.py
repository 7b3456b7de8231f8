"""Edges: what is allowed but nowhere done by the model's own mechanisms.

Two functions bear names that functions of the model have too.
"""

from __future__ import annotations

from entente.month.mechanism import Mechanism

edges = Mechanism("edges", "What is allowed but unusual.", on=False)
edges.constant("gift_need", 0.5, "Need of a benefit that an article brings.", low=0.1, high=1, unit="depth")
edges.noise("rustle", over="source")
edges.article("gift", into="gift", effect="An article without which a benefit is nothing.")
edges.article("reach", into="reach", kind="covering", effect="An article that makes sources a treaty's business.")
edges.article("ferry", into="ferry", kind="towards", effect="A link of treaties whose strength no sum reads.")


# -- memories ------------------------------------------------------------------------------------


@edges.remembers("last_agreed", over="treaty")
def last_agreed_next(agreed_depth: float) -> float:
    """`D_agreed`: what is agreed only as the month begins, and that without its own former value."""
    return agreed_depth


@edges.remembers("age", over="treaty", unit="1", meaning="months counted by a mechanism")
def age_next(age: float) -> float:
    """`a + 1`: recorded, though no term reads it."""
    return age + 1.0


# -- sums ----------------------------------------------------------------------------------------


@edges.sum_over("sources")
def quarrels(own_threat: float) -> float:
    """Sum of `P`: does not vanish by itself where a source is not the treaty's business."""
    return own_threat


@edges.sum_over("sources", unit="1", meaning="noise of the sources within the treaty's scope")
def heard(scope: float, rustle: float) -> float:
    """Sum of `scope*noise`: recorded, though no term names it."""
    return scope * rustle


@edges.sum_over("treaties", along="ferry")
def ferried(other_depth: float) -> float:
    """Sum of `1 + D_q`: does not vanish by itself where there is no link."""
    return 1.0 + other_depth


# -- terms ---------------------------------------------------------------------------------------


@edges.adds_to("linear")
def swayed(own_alignment: float, quarrels: float, ferried: float) -> float:
    """`.3*x + .2*sum P + .1*sum (1 + D_q)`: reads alignment, which both engines make in different phases."""
    return 0.3 * own_alignment + 0.2 * quarrels + 0.1 * ferried


@edges.adds_to("staying")
def stayed_by_side(own_alignment: float) -> float:
    """`.1*x`."""
    return 0.1 * own_alignment


@edges.adds_to("mistrust")
def remembered(last_agreed: float) -> float:
    """`.01*D_agreed` of the month before."""
    return 0.01 * last_agreed


@edges.adds_to("free_benefit", need="gift_need", only_where="gift")
def given(gift: float) -> float:
    """`.5*gift`."""
    return 0.5 * gift


@edges.adds_to("help")
def help_owed(partner_capability: float) -> float:
    """`.5*C_j`: does not vanish by itself where a partner can contribute nothing."""
    return 0.5 * partner_capability


@edges.adds_to("alarm")
def always_alarmed(reach: float) -> float:
    """`reach`: also a source that only an article makes the treaty's business."""
    return reach


@edges.adds_to("spreading")
def spread_anyway(reach: float, partners_mean: float) -> float:
    """`.1*reach + .01*mean`: without the scope."""
    return 0.1 * reach + 0.01 * partners_mean


@edges.adds_to("benefit")
def reached(reach: float, own_threat: float) -> float:
    """`.1*reach*P`: a benefit beyond the scope."""
    return 0.1 * reach * own_threat


@edges.replaces("perception")
def raised(perceived: float) -> float:
    """`min(2, P + .1)`: also of states in no treaty."""
    return min(2.0, perceived + 0.1)


@edges.replaces("organs")
def part_of_a_rung(next_rung: float, steps: float) -> float:
    """`min(steps - 1, R' + .3)`: no whole number, which the engines make whole."""
    return min(steps - 1.0, next_rung + 0.3)

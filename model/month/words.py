"""The words in which mechanisms are written: what each means, its unit, and how either engine gets it.

Things are named by letters: `t` a treaty, `i` a party (or state), `j` a partner of it, `k` a source, `q` another treaty
of the party. In the interactive engine `m` is the model; in the compiled one `plan`, `num` and `now` are what the runs
share, their numbers and their state.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A number by name: the things that it is of, unit, meaning, and the expression for it in each engine."""

    name: str
    over: str
    unit: str
    meaning: str
    interactive: str
    compiled: str
    phase: str = ""
    """The phase in which alone it is known; in all where none is named."""


_TABLE = (
    # A state's, as party i or as partner j.
    Word("own_threat", "ik", "intensity 0..2", "P: threat from the source as the party perceives it",
         "m.states[i].perception[k]", "get(now.sk, AT.perception, i, k)"),
    Word("partner_threat", "jk", "intensity 0..2", "P of the partner",
         "m.states[j].perception[k]", "get(now.sk, AT.perception, j, k)"),
    Word("capability", "i", "share of world", "capability of the state, times what it can provide",
         "m.capability[i]", "get(now.s, AT.capability, i)"),
    Word("partner_capability", "j", "share of world", "capability of the partner",
         "m.capability[j]", "get(now.s, AT.capability, j)"),
    Word("contribution", "ik", "0..2", "g: what the state can contribute against the source this month",
         "m.contribution[i][k]", "get(now.sk, AT.contribution, i, k)"),
    Word("partner_contribution", "jk", "0..2", "g of the partner",
         "m.contribution[j][k]", "get(now.sk, AT.contribution, j, k)"),
    Word("exposure", "ik", "share 0..1", "w: how much the source concerns the state",
         "m.of['exposure'][i][k]", "get(num.sk, OF.exposure, i, k)"),
    Word("independence", "i", "1", "how dearly the state holds its independence",
         "m.of['independence'][i]", "get(num.s, OF.independence, i)"),
    Word("provision", "i", "share .2..2", "share of its nominal capacity that the state can provide",
         "m.states[i].provision", "get(now.s, AT.provision, i)"),
    Word("offer", "i", "utility 0..2", "outside offer before the state",
         "m.states[i].offer", "get(now.s, AT.offer, i)"),
    Word("accepted_offer", "i", "utility 0..2", "W: outside offer that the state has accepted",
         "m.states[i].accepted", "get(now.s, AT.accepted, i)"),
    Word("own_alignment", "i", "-1..1", "x: alignment of the state",
         "m.states[i].alignment", "get(now.s, AT.alignment, i)"),
    Word("partner_alignment", "j", "-1..1", "x of the partner",
         "m.states[j].alignment", "get(now.s, AT.alignment, j)"),
    Word("partner_share", "tij", "share 0..1", "the partner's share of the capability of all partners",
         "share", "get(shares, j)"),
    Word("quarrel", "ij", "intensity 0..2", "Q: what the party fears of the partner since they fell out",
         "m.quarrel[i][j]", "quarrel_of(i, j, plan, now)"),
    # A source's.
    Word("base", "k", "intensity", "intensity to which the source returns",
         "m.of['base'][k]", "get(num.k, OF.base, k)"),
    Word("long_run_intensity", "k", "intensity", "mean intensity of the source under random arrivals",
         "m.of['long_run'][k]", "get(num.k, OF.long_run, k)"),
    # A treaty's.
    Word("scope", "tk", "share 0..1", "how far the source is the treaty's business",
         "m.of['scope'][t][k]", "get(num.tk, OF.scope, t, k)"),
    Word("directed", "t", "share 0..1", "share of the treaty's scope that is aimed at an outside power",
         "m.of['directed'][t]", "get(num.t, OF.directed, t)"),
    Word("term_strength", "t", "share 0..1", "how firmly the treaty's term locks in",
         "m.of['term_strength'][t]", "get(num.t, OF.term_strength, t)"),
    Word("depth", "t", "depth 0..1", "D: practice", "m.treaties[t].depth", "get(now.t, AT.depth, t)"),
    Word("rung", "t", "rung 0..6", "R: organs", "m.treaties[t].rung", "get(now.t, AT.rung, t)"),
    Word("mistrust", "t", "share 0..1", "M: mistrust among the parties",
         "m.treaties[t].mistrust", "get(now.t, AT.mistrust, t)"),
    Word("agreed_depth", "t", "depth 0..1", "depth that the parties last agreed on",
         "m.treaties[t].bargain.agreed", "get(now.t, AT.agreed, t)"),
    Word("demand", "t", "depth 0..1", "depth that practice and organs were last asked to follow",
         "m.treaties[t].demand", "get(now.t, AT.demand, t)"),
    Word("neighbour_threat", "t", "intensity", "N: threat from fellow members that a party perceives, quarrels included, the mean over parties",
         "m.neighbour_threat(t)", "neighbour_threat(t, plan, now)"),
    Word("rift_shock", "t", "intensity -2..2", "what this month's quarrels and reconciliations amount to, the mean over pairs of parties",
         "m.rift_shock(t)", "rift_shock(t, plan, now)"),
    Word("provider_contribution", "tk", "0..2", "contribution of the hub, the lead or the strongest of those who decide",
         "m.provider_contribution(t, k)", "provider_contribution(t, k, plan, now)", "weigh"),
    # Another treaty of the party.
    Word("other_scope", "qk", "share 0..1", "how far the source is the other treaty's business",
         "m.of['scope'][q][k]", "get(num.tk, OF.scope, q, k)"),
    Word("other_depth", "q", "depth 0..1", "D of the other treaty",
         "m.treaties[q].depth", "get(now.t, AT.depth, q)"),
    Word("other_rung", "q", "rung 0..6", "R of the other treaty",
         "m.treaties[q].rung", "get(now.t, AT.rung, q)"),
)  # fmt: skip

WORDS = {word.name: word for word in _TABLE}
"""Every word by name; to these come parameters, constants, and the numbers that mechanisms declare."""

GIVEN = {
    "directed_depth": (
        "depth",
        "depth of all treaties, each by the share of it that is aimed at an outside power",
    ),
    "sponsors_depth": ("depth", "depth of the treaties that sponsor the source, each by how far it does"),
    "sponsors_capability": (
        "share of world",
        "capability of the states that sponsor the source, each by how far it does",
    ),
    "parties_capability": ("share of world", "capability of all parties together"),
    "sponsor_capability": ("share of world", "capability of the source's sponsor"),
    "perceived": ("intensity 0..2", "what the state perceives by E3"),
    "greatest_threat": ("intensity 0..2", "threat from the source that the most alarmed party perceives"),
    "partners_mean": ("intensity 0..2", "mean of the partners' perceptions, by their capabilities"),
    "package": ("utility 0..2", "packages that outside powers have put before the state"),
    "help_received": ("0..2", "H: help against the source from all partners"),
    "fear": ("intensity", "threat from the partners, by quarrels and by sources that say of whom they are"),
    "partners_capability": ("share of world", "capability of all partners together"),
    "unbound": ("0, 1", "1 where no term binds: in the months before a renewal, and without a term"),
    "next_depth": ("depth 0..1", "D by E12"),
    "shared_core": ("ratio", "least overlap of core contingencies among the deciders"),
    "shortfall": ("rungs", "rungs by which organs are smaller than the one nearest to demand; below 0 where not"),
    "next_rung": ("rung 0..6", "R by E13"),
    "term_left": ("share 0..1", "share of the running term that is left, 0 without a term"),
    "value": ("utility", "V: what staying is worth to the party"),
    "breaking": ("utility", "price of leaving"),
    "ideal": ("depth 0..1", "depth that the candidate would have"),
    "deepest": ("depth 0..1", "depth of the state's deepest treaty"),
}
"""What the core has just worked out at a place, by the word for it: unit and meaning."""

GUARDS = {"fear": ("fear != 0.0", "plan.fears")}
"""Of what is given and mostly 0, whether it is anything else: in the run, and in any run, in the text of either engine."""

# fmt: off
KEPT = frozenset([
    "accepted", "alive", "acts", "agreed", "alarm", "alignment", "arrival", "article_on", "article_renewal_years",
    "article_sources", "article_strength", "article_years", "at_agreed", "bargains", "barred", "behaviour", "came_by",
    "benefit", "blocked", "broken", "common", "concession", "constants", "consulted", "courts", "curve", "dials", "dormant", "due",
    "effective", "ended_by", "ends", "entries", "event", "event_shock", "exits", "exposure_root", "fall_pressure", "floor", "gained", "guest",
    "held", "in_force", "institution", "intensity", "joining", "joint", "leaving", "left", "left_by", "linear", "log_sd",
    "long_run", "mate", "median", "member", "need", "needs", "obligation", "order", "organs", "orientation", "overlap",
    "packages", "paid", "pays", "per_need", "perception", "power_capability", "price", "quarrel_shock", "rate", "received", "renewal",
    "restraint", "rise_pressure", "rumour", "rumour_shock", "saving", "seat", "seated_capability", "share_of_mate",
    "shock", "signs", "sizes", "sponsoring_states", "sponsoring_treaties", "status", "sum_benefit", "switches", "term", "term_end", "term_start",
    "trial_benefit", "trial_common", "trial_curve", "trial_ideal", "trial_linear", "trial_saving", "trial_seat",
    "useful", "values", "weakness",
])
# fmt: on
"""Names, beside those of words, under which the engines keep numbers of the core: no mechanism can take them."""

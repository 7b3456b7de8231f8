"""The places of a month at which mechanisms add terms, in the order in which a month comes to them.

A place is evaluated for things (`over`: `t` a treaty, `i` a party or state, `j` its partner, `k` a source, `q` another
treaty of the party), reads the world as the phase finds it, and knows what the core has just worked out (`given`).
Terms add in the order of the mechanisms' names, those of this package first, so that a sum is the same to the last
bit in both engines.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

SUM, FACTOR, GREATEST, ANY, ALL, INSTEAD, EACH = "sum", "product", "greatest", "any", "all", "instead", "each"


@dataclass(frozen=True)
class Place:
    """Where terms meet. `how`: as a `sum` (of nothing 0), a `product` (1), the `greatest` (0), a yes where `any` or
    `all` of them is not 0, `instead` of what is given (the last that acts), or `each` for itself.
    """

    name: str
    phase: str
    over: str
    how: str
    meaning: str
    given: tuple[str, ...] = ()
    core: bool = False
    """Whether the core says yes by itself: such a place is there to be silenced."""
    low: float = -inf
    high: float = inf
    """What a term must stay within, where the equations of the core count on it."""

    @property
    def needed(self) -> bool:
        """Whether a term names the constant that is its need."""
        return self.how == EACH

    @property
    def neutral(self) -> float:
        """What a term is where its mechanism is switched off."""
        return 1.0 if self.how in (FACTOR, ALL) else 0.0


_TABLE = (
    Place("shock", "shock", "k", SUM, "intensity that is added to a source", ("directed_depth", "sponsors_depth", "sponsors_capability")),
    Place("restraint", "shock", "tk", GREATEST, "share of a sponsored source that its sponsor gives up, by treaty",
          ("parties_capability", "sponsor_capability"), low=0.0, high=1.0),
    Place("perception", "perceive", "ik", INSTEAD, "threat from a source as a state perceives it", ("perceived",), low=0.0, high=2.0),
    Place("alarm", "consult", "tk", ANY, "whether the parties consult on a source", ("greatest_threat",)),
    Place("spreading", "consult", "tik", SUM, "what a consultation adds to a party's perception of a source",
          ("partners_mean", "greatest_threat")),
    Place("offer", "act", "i", SUM, "outside offer before a state", ("package",)),
    Place("price", "act", "ti", SUM, "what taking the outside offer breaks, by treaty"),
    Place("help", "weigh", "tijk", SUM, "help that a partner gives against a source, beside what it contributes out of own fear"),
    Place("kinship", "weigh", "tijk", FACTOR, "how far a partner's help counts"),
    Place("help_received", "weigh", "tik", INSTEAD, "help against a source from all partners", ("help_received",)),
    Place("benefit", "weigh", "tik", SUM, "benefit from a source, a unit of depth up to its need",
          ("help_received", "partners_mean"), low=0.0),
    Place("worth", "weigh", "tik", FACTOR, "how much of a benefit is left", ("fear",), low=0.0),
    Place("free_benefit", "weigh", "ti", EACH, "benefit without a source, a unit of depth up to a need of its own", low=0.0),
    Place("common_benefit", "weigh", "ti", SUM, "benefit without a source, a unit of depth, that falls to 0 at `institution.exchange_need`", ("fear",)),
    Place("common_worth", "weigh", "ti", FACTOR, "how much of the benefits is left that fall to 0 at `institution.exchange_need`", ("fear",), low=0.0),
    Place("linear", "weigh", "ti", SUM, "gain (or, below 0, price) of each unit of depth", ("fear", "partners_capability")),
    Place("curvature", "weigh", "ti", SUM, "price of depth that grows with depth, beside that of autonomy", ("fear", "partners_capability")),
    Place("saving", "weigh", "ti", SUM, "how much cheaper depth is to keep that the organs in place can carry", ("fear",)),
    Place("linkage", "bargain", "t", SUM, "share of the joint gain that the parties can bring about by side payments"),
    Place("agreement", "bargain", "t", SUM, "what is agreed beside the bargain"),
    Place("demand", "institute", "t", SUM, "what is wanted beside what is agreed"),
    Place("mistrust", "institute", "t", SUM, "what is added to the mistrust among the parties"),
    Place("hollowing", "institute", "t", FACTOR, "how fast practice sinks", ("unbound",), low=0.0),
    Place("pace", "institute", "t", SUM, "how much faster a shortfall of organs adds to the pressure for more", ("shortfall",)),
    Place("top", "institute", "t", ALL, "whether the top rung is open", ("shared_core",)),
    Place("organs", "institute", "t", INSTEAD, "rung", ("next_rung",), low=0.0, high=6.0),
    Place("practice", "institute", "t", INSTEAD, "depth of practice", ("next_depth", "next_rung"), low=0.0, high=1.0),
    Place("ladder", "institute", "t", ANY, "organs move by pressure (to be silenced only)", core=True),
    Place("staying", "review", "ti", SUM, "what staying is worth beside the utility of what is agreed, and payments", ("fear",)),
    Place("breaking", "review", "ti", SUM, "price of leaving", ("term_left",)),
    Place("leaving", "review", "ti", ANY, "whether a party wants to leave", ("value", "breaking", "fear")),
    Place("joining", "review", "ti", ANY, "whether a candidate wants to join", ("ideal",)),
    Place("attending", "review", "ti", ANY, "whether a candidate takes part as a guest", ("ideal",)),
    Place("admission", "review", "ti", SUM, "gain that a lead state asks for before it lets another into its region"),
    Place("signing", "review", "t", ANY, "founders sign when they want it enough (to be silenced only)", core=True),
    Place("lapsing", "review", "t", ANY, "whether a treaty is as good as dead"),
    Place("west", "turn", "i", SUM, "pull of the outside power on a state's alignment"),
    Place("pull", "turn", "ti", SUM, "pull of a treaty's partners on a state's alignment"),
    Place("turning", "turn", "i", FACTOR, "how fast a state turns away from the bloc", ("deepest",), low=0.0),
)  # fmt: skip

PLACES = {place.name: place for place in _TABLE}
"""Every place by name."""

TOGETHER = {"weigh": ("linear", "curvature", "common_benefit", "common_worth", "saving")}
"""Places that one function evaluates, since their terms share sums; every other place has its own."""
SUPPLY, HELP = "supply", ("help", "kinship")
"""The function that goes through the partners of a party, and the places that it evaluates for each."""
WITH_PARTNERS = ("spreading", "benefit", "worth", "weigh", "pull")
"""Functions that are told who the partners are, with their shares of capability."""
WITH_SUMS = ("weigh",)
"""Functions that are told the sums over sources."""
SOURCE_SUM = Place(
    "a sum over sources", "weigh", "tik", SUM, "a sum over sources", ("partners_mean", "help_received")
)
"""Where sums over sources are added up; terms of the functions `WITH_SUMS` name them."""


def function_of(place: str) -> str:
    """The function that evaluates a place."""
    return next((function for function, places in TOGETHER.items() if place in places), place)


def memory_place(name: str, over: str) -> Place:
    """Where a memory of some things takes its next value."""
    return Place(name, "shock", over, SUM, "a memory")

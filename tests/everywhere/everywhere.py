"""Everywhere: a term at every place, with numbers, noise, memories, articles and sums of every kind."""

from __future__ import annotations

from entente.agents.equation import where
from entente.month.mechanism import Mechanism

everywhere = Mechanism("everywhere", "Something is added at every place of a month.", on=False)
everywhere.parameter(
    "zeal", 0.3, "How much terms count that read a parameter.", low=0, high=1, unit="1", symbol="z"
)
everywhere.parameter("caution", 0.3, "How dear depth is made.", low=0, high=1, unit="1", symbol="c")
everywhere.constant("free_need", 0.5, "Need of the free benefit.", low=0.1, high=1, unit="depth")
everywhere.of_state("temper", 0.5, "Number of a state; at 0 kinship is as without it.", low=0, high=1, unit="1")
everywhere.of_source("menace", 0.5, "Number of a source.", low=0, high=1, unit="1")
everywhere.of_treaty("esteem", 0.5, "Number of a treaty.", low=0, high=1, unit="1")
everywhere.of_party("bond", "Number of a party in a treaty.", low=0, high=1, unit="1")
everywhere.noise("mood", over="state", law="normal")
everywhere.noise("rumble", over="source")
everywhere.noise("luck", over="treaty")
everywhere.article("pledge", into="pledge", effect="An article without sources.")
everywhere.article("shield", into="shield", kind="covering", effect="An article by source, also beyond the scope.")
everywhere.article("bridge", into="bridge", kind="towards", effect="An article that links treaties.")


# -- memories, one over each thing ---------------------------------------------------------------


@everywhere.remembers("habit", over="state", unit="1", meaning="memory of a state")
def habit_next(habit: float, mood: float, temper: float, offer: float, capability: float) -> float:
    """`.9*h + .1*temper*max(0, mood) + .01*offer + .1*C`: hears normal noise, reads what a state is offered."""
    return 0.9 * habit + 0.1 * temper * max(0.0, mood) + 0.01 * offer + capability * 0.1


@everywhere.remembers("unrest", over="source", unit="1", meaning="memory of a source")
def unrest_next(unrest: float, rumble: float, menace: float, base: float) -> float:
    """`.8*u + .2*rumble*menace*base`: hears uniform noise."""
    return 0.8 * unrest + 0.2 * rumble * menace * base


@everywhere.remembers("custom", over="treaty")
def custom_next(custom: float, luck: float, esteem: float, depth: float, rung: float) -> float:
    """`.9*c + .1*luck*esteem*D + .01*R`: kept without being recorded."""
    return 0.9 * custom + 0.1 * luck * esteem * depth + 0.01 * rung


@everywhere.remembers("dread", over="state and source", unit="1", meaning="memory of a state about a source")
def dread_next(
    dread: float, own_threat: float, habit: float, unrest: float, rumble: float, contribution: float
) -> float:
    """`.9*d + .1*P*rumble + .01*h*u + .01*g`: reads two other memories."""
    return 0.9 * dread + 0.1 * own_threat * rumble + 0.01 * habit * unrest + 0.01 * contribution


# -- sums, over each thing -----------------------------------------------------------------------


@everywhere.sum_over("sources", unit="1", meaning="fear that partners do not share")
def unshared(
    scope: float,
    own_threat: float,
    partners_mean: float,
    help_received: float,
    dread: float,
    bond: float,
) -> float:
    """Sum of `scope*max(0, P - mean + .1*d) + .01*scope*H*bond`: recorded, and named by terms."""
    return scope * max(0.0, own_threat - partners_mean + 0.1 * dread) + 0.01 * scope * help_received * bond


@everywhere.sum_over("sources", only_where="shield")
def shielded(shield: float, own_threat: float, unrest: float) -> float:
    """Sum of `shield*P*u`: over sources that an article covers."""
    return shield * own_threat * unrest


@everywhere.sum_over("partners")
def company(
    partner_share: float,
    partner_temper: float,
    partner_habit: float,
    partner_bond: float,
    partner_capability: float,
) -> float:
    """Sum of `share*(temper_j + .1*h_j) + bond_j*C_j`: numbers and memories of partners."""
    return partner_share * (partner_temper + 0.1 * partner_habit) + partner_bond * partner_capability


@everywhere.sum_over("treaties")
def ties(other_depth: float, other_esteem: float, other_custom: float, other_rung: float) -> float:
    """Sum of `D_q*esteem_q + .1*c_q*R_q`: numbers and memories of the party's other treaties."""
    return other_depth * other_esteem + 0.1 * other_custom * other_rung


@everywhere.sum_over("treaties", along="bridge")
def bridged(bridge: float, other_depth: float, other_custom: float) -> float:
    """Sum of `bridge*(D_q + c_q)`: over linked treaties alone, vanishing with the link."""
    return bridge * (other_depth + other_custom)


@everywhere.sum_over("treaties")
def doubled(other_scope: float, other_depth: float, other_shield: float) -> float:
    """Sum of `scope_q*D_q + .1*shield_q`: of one source in other treaties."""
    return other_scope * other_depth + 0.1 * other_shield


# -- a term at each place ------------------------------------------------------------------------


@everywhere.adds_to("shock")
def unruly(unrest: float, menace: float, directed_depth: float, rumble: float) -> float:
    """`.05*u*menace + .01*D*rumble`."""
    return 0.05 * unrest * menace + 0.01 * directed_depth * rumble


@everywhere.adds_to("restraint", only_where="shield")
def deterred(shield: float, depth: float, parties_capability: float, sponsor_capability: float) -> float:
    """`min(1, shield*D*C/(C + C_sponsor))`: only where an article covers the source."""
    return min(1.0, shield * depth * parties_capability / (parties_capability + sponsor_capability))


@everywhere.replaces("perception")
def composed(perceived: float, temper: float, rumble: float) -> float:
    """`min(2, P*(1 - .1*temper*rumble))`: in place of what is perceived."""
    return min(2.0, perceived * (1.0 - 0.1 * temper * rumble))


@everywhere.adds_to("alarm")
def startled(greatest_threat: float, scope: float, pledge: float, luck: float) -> float:
    """1 where `max P * scope > .3` and `luck < pledge`."""
    return where((greatest_threat * scope > 0.3) & (luck < pledge), 1.0, 0.0)


@everywhere.adds_to("spreading")
def talked_over(
    partners_mean: float, own_threat: float, scope: float, company: float, ties: float, greatest_threat: float
) -> float:
    """`.05*scope*max(0, mean - P)*(company + ties)*max P`: with sums over partners and treaties."""
    return 0.05 * scope * max(0.0, partners_mean - own_threat) * (company + ties) * greatest_threat


@everywhere.adds_to("offer")
def sweetened(package: float, temper: float, habit: float) -> float:
    """`.1*package*temper + .01*h`."""
    return 0.1 * package * temper + 0.01 * habit


@everywhere.adds_to("price")
def broken(depth: float, bond: float, ties: float, bridged: float, luck: float) -> float:
    """`.1*D*bond + .01*ties + .02*bridged*luck`: with sums over treaties."""
    return 0.1 * depth * bond + 0.01 * ties + 0.02 * bridged * luck


@everywhere.adds_to("help")
def lent(
    partner_contribution: float,
    partner_temper: float,
    temper: float,
    rumble: float,
    own_threat: float,
    partner_share: float,
    partner_habit: float,
    partner_dread: float,
    zeal: float,
) -> float:
    """`g_j*zeal*(temper_j*temper*rumble + .1*share*P + .01*h_j + .01*d_j)`."""
    felt = 0.1 * partner_share * own_threat + 0.01 * partner_habit + 0.01 * partner_dread
    return partner_contribution * zeal * (partner_temper * temper * rumble + felt)


@everywhere.adds_to("help")
def begrudged(partner_contribution: float, quarrel: float, zeal: float) -> float:
    """`-.1*g_j*zeal*min(1, Q)`: of a quarrel with the partner."""
    return -0.1 * partner_contribution * zeal * min(1.0, quarrel)


@everywhere.adds_to("kinship", only_where="temper")
def estranged(temper: float, partner_bond: float, partner_temper: float) -> float:
    """`1 - .3*temper*max(bond_j, temper_j)`: only where a number of the party is not 0."""
    return 1.0 - 0.3 * temper * max(partner_bond, partner_temper)


@everywhere.replaces("help_received")
def discounted(help_received: float, esteem: float, provider_contribution: float) -> float:
    """`H*(1 - .2*esteem) + .05*g_provider`."""
    return help_received * (1.0 - 0.2 * esteem) + 0.05 * provider_contribution


@everywhere.adds_to("benefit")
def multiplied(scope: float, help_received: float, partners_mean: float, company: float) -> float:
    """`.1*scope*H*mean*(1 + company)`: with a sum over partners."""
    return scope * 0.1 * help_received * partners_mean * (1.0 + company)


@everywhere.adds_to("worth")
def worn(caution: float, doubled: float, shield: float) -> float:
    """`max(0, 1 - .1*caution*min(1, doubled) + .1*shield)`: with a sum over treaties of the same source."""
    return max(0.0, 1.0 - 0.1 * caution * min(1.0, doubled) + 0.1 * shield)


@everywhere.adds_to("worth", only_where="fear")
def spoilt(fear: float, zeal: float, scope: float) -> float:
    """`1/(1 + zeal*scope*N)`: only where a partner is feared."""
    return 1.0 / (1.0 + zeal * scope * fear)


@everywhere.adds_to("free_benefit", need="free_need")
def enjoyed(esteem: float, custom: float, luck: float, ties: float) -> float:
    """`.2*esteem + .1*max(0, c)*luck + .01*max(0, ties)`: up to a need of its own."""
    return 0.2 * esteem + 0.1 * max(0.0, custom) * luck + 0.01 * max(0.0, ties)


@everywhere.adds_to("common_benefit")
def pooled(bond: float, company: float, unshared: float) -> float:
    """`.3*bond + .1*company - .05*unshared`: with sums over partners and sources."""
    return 0.3 * bond + 0.1 * company - 0.05 * unshared


@everywhere.adds_to("common_worth")
def thinned(fear: float, caution: float, company: float) -> float:
    """`max(0, 1 - .3*caution*N) + .1*min(1, max(0, company))`: with a sum over partners."""
    return max(0.0, 1.0 - 0.3 * caution * fear) + 0.1 * min(1.0, max(0.0, company))


@everywhere.adds_to("linear")
def gained(
    zeal: float,
    unshared: float,
    shielded: float,
    company: float,
    ties: float,
    partners_capability: float,
    mood: float,
) -> float:
    """`.1*zeal*(company - unshared + ties - shielded) + .01*C + .01*mood`: with sums of every kind."""
    return 0.1 * zeal * (company - unshared + ties - shielded) + 0.01 * partners_capability + 0.01 * mood


@everywhere.adds_to("curvature")
def steepened(caution: float, unshared: float, bridged: float) -> float:
    """`caution*unshared - .1*bridged`: below 0 where links are strong."""
    return caution * unshared - 0.1 * bridged


@everywhere.adds_to("saving")
def spared(zeal: float, temper: float, unshared: float) -> float:
    """`.5*zeal*temper + .05*unshared`."""
    return 0.5 * zeal * temper + 0.05 * unshared


@everywhere.adds_to("linkage")
def paid_aside(esteem: float, luck: float) -> float:
    """`.2*esteem*luck`."""
    return 0.2 * esteem * luck


@everywhere.adds_to("agreement")
def conceded(custom: float, pledge: float, luck: float) -> float:
    """`.1*pledge*(luck - .5) + .01*c`: above and below what is bargained."""
    return 0.1 * pledge * (luck - 0.5) + 0.01 * custom


@everywhere.adds_to("mistrust")
def suspected(
    luck: float, neighbour_threat: float, rift_shock: float, agreed_depth: float, mistrust: float
) -> float:
    """`.02*(luck - .4) + .001*N + .01*rift - .01*D_agreed*M`."""
    return 0.02 * (luck - 0.4) + 0.001 * neighbour_threat + 0.01 * rift_shock - 0.01 * agreed_depth * mistrust


@everywhere.adds_to("hollowing")
def slowed(unbound: float, esteem: float) -> float:
    """1 where no term binds, else `1 - .5*esteem`."""
    return where(unbound != 0.0, 1.0, 1.0 - 0.5 * esteem)


@everywhere.adds_to("pace")
def hurried(esteem: float, luck: float, shortfall: float) -> float:
    """`esteem*luck*max(0, shortfall)`."""
    return esteem * luck * max(0.0, shortfall)


@everywhere.adds_to("demand")
def wanted(luck: float, pledge: float, agreed_depth: float) -> float:
    """`.2*pledge*(luck - .5)*D_agreed`: above and below what is agreed."""
    return 0.2 * pledge * (luck - 0.5) * agreed_depth


@everywhere.adds_to("top")
def allowed(shared_core: float, pledge: float) -> float:
    """1 where `core > .2*pledge`: one yes of several that must all be given."""
    return where(shared_core > 0.2 * pledge, 1.0, 0.0)


@everywhere.replaces("organs")
def dismantled(next_rung: float, luck: float, pledge: float) -> float:
    """One rung down now and then, by a whole number."""
    return where((luck < 0.02 * pledge) & (next_rung > 0.0), next_rung - 1.0, next_rung)


@everywhere.replaces("practice")
def lagged(next_depth: float, next_rung: float, depth: float, steps: float) -> float:
    """`min(1, .9*D' + .1*min(D, (R' + 1)/steps))`: with what organs came out of the same month."""
    return min(1.0, 0.9 * next_depth + 0.1 * min(depth, (next_rung + 1.0) / steps))


@everywhere.adds_to("staying")
def stayed(bond: float, habit: float, depth: float, accepted_offer: float, fear: float) -> float:
    """`.05*bond - .02*h + .01*D - .05*W - .05*N`."""
    return 0.05 * bond - 0.02 * habit + 0.01 * depth - 0.05 * accepted_offer - 0.05 * fear


@everywhere.adds_to("breaking")
def charged(term_left: float, ties: float, bond: float) -> float:
    """`.1*left*ties*bond`."""
    return 0.1 * term_left * ties * bond


@everywhere.adds_to("leaving")
def walked_out(value: float, breaking: float, mood: float, temper: float, fear: float, rift_shock: float) -> float:
    """1 where `V + price < .02*mood*temper + .01*(N + rift)`."""
    return where(value + breaking < 0.02 * mood * temper + 0.01 * (fear + rift_shock), 1.0, 0.0)


@everywhere.adds_to("joining")
def applied(ideal: float, temper: float, ties: float) -> float:
    """1 where `D_i > .3*temper + .1*ties`."""
    return where(ideal > 0.3 * temper + 0.1 * ties, 1.0, 0.0)


@everywhere.adds_to("attending")
def visited(ideal: float, mood: float) -> float:
    """1 where `D_i > .1*mood`."""
    return where(ideal > 0.1 * mood, 1.0, 0.0)


@everywhere.adds_to("admission")
def screened(temper: float, bond: float, ties: float) -> float:
    """`.01*temper + .02*bond - .01*ties`."""
    return 0.01 * temper + 0.02 * bond - 0.01 * ties


@everywhere.adds_to("lapsing")
def neglected(depth: float, luck: float, esteem: float) -> float:
    """1 where `D < .3` and now and then where it is not: long enough, and a treaty ends."""
    return where((depth < 0.3) | (luck < 0.5 * esteem), 1.0, 0.0)


@everywhere.adds_to("west")
def courted(temper: float, habit: float) -> float:
    """`.1*temper + .01*max(0, h)`."""
    return 0.1 * temper + 0.01 * max(0.0, habit)


@everywhere.adds_to("pull")
def drawn(company: float, ties: float, depth: float, own_alignment: float) -> float:
    """`.1*company*D - .01*ties*x`."""
    return 0.1 * company * depth - 0.01 * ties * own_alignment


@everywhere.adds_to("turning")
def held_back(temper: float, deepest: float) -> float:
    """`1 - .5*temper*D`."""
    return 1.0 - 0.5 * temper * deepest

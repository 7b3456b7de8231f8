"""E5-E10: what a treaty is worth to a party, and how deep the party would have it.

Benefits, burdens and prices are in one unit of utility; depth is in 0..1.
"""

from __future__ import annotations

from math import sqrt

from .equation import equation


@equation
def supplied_help(
    contribution: float, partner_threat: float, own_threat: float, support: float, kinship: float
) -> float:
    """E5, term of one partner. `g[j,k] * (P[j,k] + support[p,k]*max(0, P[i,k] - P[j,k])) * kinship`.

    A partner acts on its own fear and, where support is owed, on mine: the behavioural channel of
    obligation. `contribution` 0..2, threats 0..2, `support` 0..1; `kinship` is 1 (see `kinship`).
    """
    return contribution * (partner_threat + support * max(0.0, own_threat - partner_threat)) * kinship


@equation
def kinship(solidarity: float, own_polity: float, partner_polity: float) -> float:
    """E5, regime solidarity. `1 - solidarity*|polity_i - polity_j|`, 0..1; 1 where the rival is off."""
    return 1.0 - solidarity * (max(own_polity, partner_polity) - min(own_polity, partner_polity))


@equation
def overlap_left(overlap_use: float, cover_elsewhere: float) -> float:
    """E6. `1 - overlap_use*min(1, sum_{q != p} scope[q,k]*D[q])`: what other treaties leave to do."""
    return 1.0 - overlap_use * min(1.0, cover_elsewhere)


@equation
def security_benefit(scope: float, own_threat: float, help_received: float, left: float) -> float:
    """E6. `b[k] = scope[p,k] * sqrt(P[i,k]*H[i,k]) * left`: utility a unit of depth, useful up to r[k].

    Threat without help, or help without threat, is worth nothing.
    """
    return scope * sqrt(own_threat * help_received) * left


@equation
def tethering_benefit(tether: float, mistrust: float) -> float:
    """Rival of E6 (Weitsman 2004). `b = tether*M[p]`: binding a mistrusted partner, useful up to r_t."""
    return tether * mistrust


@equation
def burden(support: float, contribution: float, partners_mean: float, own_threat: float) -> float:
    """E7, term of one source. `support[p,k]*g[i,k]*max(0, mean_j P[j,k] - P[i,k])`: help owed beyond own fear."""
    return support * contribution * max(0.0, partners_mean - own_threat)


@equation
def quarrel(scope: float, partners_mean: float, own_threat: float) -> float:
    """E9, term of one source. `scope[p,k]*max(0, mean_j P[j,k] - P[i,k])`: a quarrel that is not shared."""
    return scope * max(0.0, partners_mean - own_threat)


@equation
def dominance(square_shares: float, partners_capability: float, own_capability: float) -> float:
    """E8, E9. `(sum_j s_j^2) * C/(C + c_i)`, 0..1: one big partner frightens more than two that balance.

    `s_j = c_j/C`, `C` the capability of the partners together (Herfindahl index, as in market power).
    """
    return square_shares * partners_capability / (partners_capability + own_capability)


@equation
def linear_terms(
    omega: float,
    owed: float,
    directed: float,
    accepted_offer: float,
    stake: float,
    weight: float,
    m: float,
    independence: float,
    mistrust: float,
    dominated: float,
    region: float,
    promoted: float,
) -> float:
    """E8. `l = -omega*f - directed*(W + stake*weight) - m*independence*M*dominance + region*sum_q strength*D[q]`."""
    return (
        -omega * owed
        - directed * (accepted_offer + stake * weight)
        - m * independence * mistrust * dominated
        + region * promoted
    )


@equation
def curvature(
    autonomy: float,
    independence: float,
    mu: float,
    dominated: float,
    mistrust: float,
    entrapment: float,
    quarrels: float,
) -> float:
    """E9. `a = autonomy*independence*(1 + mu*dominance*M) + entrapment*sum_k quarrel`; always above 0."""
    return autonomy * independence * (1.0 + mu * dominated * mistrust) + entrapment * quarrels


@equation
def segment_optimum(best: float, slope: float, inverse_curvature: float, upper: float) -> float:
    """E10, one segment. `max(best, min(slope*(1/a), upper))`; 1/a is the same in all segments.

    U is concave and quadratic between needs. Walking the segments in any order with the slope that
    holds in each, this running maximum ends at the maximiser on [0, 1].
    """
    return max(best, min(slope * inverse_curvature, upper))


@equation
def benefit_at(benefit: float, depth: float, need: float) -> float:
    """U, term of one source. `b[k]*min(D, r[k])`."""
    return benefit * min(depth, need)


@equation
def utility(benefits: float, linear: float, curvature_: float, depth: float) -> float:
    """U. `sum_k b[k]*min(D, r[k]) + l*D - a*D^2/2`, utility of depth D to a party; U(0) = 0."""
    return benefits + linear * depth - curvature_ * depth * depth / 2.0


@equation
def capability_share(capability: float, partners_capability: float) -> float:
    """`s_j = c_j/C`, 0..1: a partner's weight in every mean over partners, `mean_j P[j,k] = sum_j s_j*P[j,k]`."""
    return capability / partners_capability


@equation
def square_share(share: float) -> float:
    """E8, term of one partner. `s_j^2`."""
    return share * share

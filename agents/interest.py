"""E5-E10: what a treaty is worth to a party, and how deep the party would have it.

Benefits, burdens and prices are in one unit of utility; depth is in 0..1. What mechanisms add comes as a number.
"""

from __future__ import annotations

from .equation import equation


@equation
def supplied_help(contribution: float, partner_threat: float) -> float:
    """E5, term of one partner. `g[j,k]*P[j,k]`: a partner acts on its own fear.

    `contribution` 0..2, `partner_threat` 0..2. Mechanisms add help that is owed, and say how far a partner's help counts.
    """
    return contribution * partner_threat


@equation
def benefit_left(gross: float, worth: float) -> float:
    """E6. `b = gross * worth`: benefit from a source, or without one, and the part of it that is left."""
    return gross * worth


@equation
def curvature(autonomy: float, independence: float, added: float) -> float:
    """E9. `a = autonomy*independence + max(0, added)`; always above 0."""
    return autonomy * independence + max(0.0, added)


@equation
def kept_saving(saving: float, curvature_: float) -> float:
    """E9. `clip(saving, 0, a/2)`: at most half of the price of depth is saved where organs stand, so that U stays concave."""
    return min(max(0.0, saving), curvature_ / 2.0)


@equation
def common_value(common: float) -> float:
    """E6. `max(0, c)`: a benefit without a source is none where it would be a loss; losses are linear terms."""
    return max(0.0, common)


@equation
def segment_optimum(best: float, root: float, upper: float) -> float:
    """E10, one segment. `max(best, min(root, upper))`, `root` where the marginal utility of the segment is 0.

    U is concave and quadratic between needs. Walking the segments in any order with the slope that
    holds in each, this running maximum ends at the maximiser on [0, 1].
    """
    return max(best, min(root, upper))


@equation
def segment_root(slope: float, curve: float) -> float:
    """E10. `slope/a`."""
    return slope / curve


@equation
def fall(curve: float, fading: float, saving: float) -> float:
    """E10. `a + c/need - s`: how fast marginal utility falls with depth; always above 0, as s < a."""
    return curve + fading - saving


@equation
def inverse_of_both(fall: float, other: float) -> float:
    """E10. `1/(f*g)`, by which g is 1/f and f is 1/g: one division for two lines, since divisions are what this costs."""
    return 1.0 / (fall * other)


@equation
def bent_root(
    slope: float,
    common: float,
    saved: float,
    free: float,
    fading_free: float,
    inverse: float,
    fading_inverse: float,
) -> float:
    """E10 with returns that fall and costs that are sunk: where `slope + c*max(0, 1 - D/need) + s*min(D, A) = a*D`.

    `common` c falls to 0 at `need`; `saving` s is what depth is cheaper that the organs A in place can carry, s < a. The
    marginal utility is a minimum and maximum of falling lines, so its root is that of their roots: up to A and beyond
    it, and in each with c or without. `saved` is s*A; the others are one over the `fall` of the four lines.
    """
    within = max(slope * free, (slope + common) * fading_free)
    beyond = max((slope + saved) * inverse, (slope + saved + common) * fading_inverse)
    return min(within, beyond)


@equation
def benefit_at(benefit: float, depth: float, need: float) -> float:
    """U, term of one source. `b[k]*min(D, r[k])`."""
    return benefit * min(depth, need)


@equation
def utility(benefits: float, linear: float, curvature_: float, depth: float) -> float:
    """U. `sum_k b[k]*min(D, r[k]) + l*D - a*D^2/2`, utility of depth D to a party; U(0) = 0."""
    return benefits + linear * depth - curvature_ * depth * depth / 2.0


@equation
def bent_utility(whole: float, per_need: float, saving: float, organs: float, depth: float) -> float:
    """U, beside `utility`. `w*(x - x^2/2) + s*B*(D - B/2)`, `x = min(D/need, 1)`, `B = min(D, A)`.

    `whole` w is `c*need`, twice what a benefit c that falls to 0 at `need` gives there; `per_need` is 1/need.
    """
    share, standing = min(depth * per_need, 1.0), min(depth, organs)
    return whole * (share - share * share / 2.0) + saving * standing * (depth - standing / 2.0)


@equation
def capability_share(capability: float, partners_capability: float) -> float:
    """`s_j = c_j/C`, 0..1: a partner's weight in every mean over partners, `mean_j P[j,k] = sum_j s_j*P[j,k]`."""
    return capability / partners_capability

"""External threats (E6): treaties are useful against threats that the partners help to meet."""

from __future__ import annotations

from math import sqrt

from entente.month.mechanism import Mechanism

external_threats = Mechanism("external_threats", "Treaties are useful against threats (E6).")


@external_threats.adds_to("benefit")
def security_benefit(scope: float, own_threat: float, help_received: float) -> float:
    """E6. `b[k] = scope[p,k] * sqrt(P[i,k]*max(0, H[i,k]))`: utility a unit of depth, useful up to r[k].

    Threat without help, or help without threat, is worth nothing.
    """
    return scope * sqrt(own_threat * max(0.0, help_received))

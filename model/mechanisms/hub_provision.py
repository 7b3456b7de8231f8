"""Hub provision (rival): the hub, the lead or the strongest party provides, whatever others contribute."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

hub_provision = Mechanism("hub_provision", "Rival: the hub provides, whatever others contribute.", on=False)


@hub_provision.replaces("help_received")
def provided_help(provider_contribution: float) -> float:
    """Rival of E5. `H[i,k] = g[hub,k]`, for the hub too."""
    return provider_contribution

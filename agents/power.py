"""An outside power: party to no treaty, sponsor of threats, source of offers."""

from __future__ import annotations

from typing import Any

import mesa

from .outside import responsive_package


class OutsidePower(mesa.Agent):
    """Makes offers by its policy: `none`, `fixed` (as dated) or `responsive` to the depth it faces.

    A power perceives nothing and weighs nothing here: the memo asks what its incentives do, not where
    they come from, so it is no kind of `StateAgent`.

    Examples:
        >>> from entente import AllianceModel, OutsidePower
        >>> class Withdrawn(OutsidePower):
        ...     def act(self):
        ...         for state in self.model.states:
        ...             self.put(state.index, 0.0)
        >>> model = AllianceModel("memo-2001", seed=1, months=12, power_class=Withdrawn)
        >>> model.run_model()
        >>> [type(power).__name__ for power in model.powers]
        ['Withdrawn']
    """

    def __init__(self, model: Any, index: int) -> None:
        super().__init__(model)
        self.index = index
        self.id: str = model.world.powers[index]
        self.policy: str = model.world.policy[index]
        self.package = [0.0] * len(model.world.states)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}: policy {self.policy}>"

    def put(self, state: int, size: float) -> None:
        """Put a package of `size` before a state; a power without a policy makes no offers."""
        self.package[state] = 0.0 if self.policy == "none" else size

    def act(self) -> None:
        """E15: a responsive power adds to its packages where the treaties it faces alarm it."""
        m = self.model
        if self.policy != "responsive":
            return
        for i, courted in enumerate(m.of["courts"][self.index]):
            if courted > 0.0:
                faced = 0.0
                for treaty in m.treaties_of(i):
                    faced = max(faced, treaty.directed * treaty.depth)
                self.package[i] = responsive_package(
                    self.package[i],
                    m.dial["response"],
                    courted,
                    faced,
                    m.dial["alarm"],
                    m.dial["domestic_cap"],
                )

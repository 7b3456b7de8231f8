"""The numbers of the core: how states perceive, deepen and deliberate whatever mechanisms act beside."""

from __future__ import annotations

from .declare import LEEDS, MEMO
from .mechanism import Mechanism

CORE = Mechanism("core", "What a month does in any case.")
"""Holds parameters and constants like a mechanism, but has no switch and no terms."""

PUNCTUATED = "Jones and Baumgartner 2005"

SWITCHES = {
    "calendar": "Dated shocks, rumours and weaknesses act.",
    "arrivals": "Shocks arrive at random from the scenario's start on.",
    "noise": "Perception is noisy (E3).",
}
"""Switches of the core; all are on where a scenario does not say."""

# fmt: off
CORE.parameter("rise", .35, "Speed at which perceived threat climbs towards a higher target.", low=.01, high=1, prior=(.20, .50), unit="1/month", symbol="a_up", group="threat")
CORE.parameter("fall", .085, "Speed at which perceived threat sinks towards a lower target.", low=.001, high=1, prior=(.05, .12), unit="1/month", symbol="a_down", group="threat")
CORE.parameter("persistence", .9725, "Share of a source's excess intensity that is left a month later.", low=0, high=.995, prior=(.960, .985), unit="1/month", symbol="phi", group="threat")
CORE.parameter("size", .6, "Size of a dated event that gives none of its own.", low=0, high=2, prior=(.4, 1), unit="intensity", symbol="z", group="threat")
CORE.parameter("sigma", .02, "Standard deviation of the perception noise at full exposure.", low=0, high=.5, prior=(0, .05), unit="intensity", symbol="sigma", group="threat")
CORE.parameter("autonomy", 1.25, "Price of depth: curvature of the cost of being bound.", low=.05, high=10, prior=(.9, 1.6), unit="utility", symbol="alpha", group="bargaining")
CORE.parameter("deepen", .055, "Share of the gap to the depth wanted that practice closes upwards.", low=0, high=1, prior=(.03, .08), unit="1/month", symbol="v_up", group="commitment")
CORE.parameter("hollow", .025, "Share of the gap to the depth wanted that practice closes downwards.", low=0, high=1, prior=(.01, .04), unit="1/month", symbol="v_down", group="commitment")
CORE.parameter("deliberation", 3., "Rung-months for which organs must have been too small before they grow.", low=0, high=60, prior=(1, 6), unit="rung-months", symbol="T_d", source=PUNCTUATED, group="commitment")
CORE.parameter("inertia", 30., "Rung-months for which organs must have been too large before one of them goes.", low=0, high=600, prior=(12, 48), unit="rung-months", symbol="T_i", source=PUNCTUATED, group="commitment")
CORE.parameter("patience", 12., "Months for which a state must want into a treaty, or out of it, before it acts.", low=1, high=60, prior=(6, 18), unit="months", symbol="T_p", group="commitment")
CORE.parameter("sign", .2, "Agreed depth above which founders sign a treaty that has no date.", low=0, high=1, prior=(.10, .30), unit="depth", symbol="theta_s", group="bargaining")
CORE.parameter("adjust", .05, "Share of the gap to the offer that uptake closes.", low=0, high=1, prior=(.03, .08), unit="1/month", symbol="beta", group="outside power")
CORE.parameter("turn", .065, "Speed at which alignment turns.", low=0, high=1, prior=(.03, .10), unit="1/month", symbol="v_x", group="outside power")
CORE.parameter("x0", .2, "Weight of equidistance in alignment.", low=.01, high=2, prior=(.1, .3), unit="utility", symbol="x_0", group="outside power")
CORE.parameter("domestic_cap", .45, "Largest package that the outside power's domestic politics allow.", low=0, high=2, prior=(.3, .6), unit="utility", symbol="dom", source=MEMO, group="outside power")
CORE.parameter("alarm", .55, "Depth of a treaty directed at it above which a responsive outside power acts.", low=0, high=1, prior=(.4, .7), unit="depth", symbol="D_a", group="outside power")
CORE.parameter("response", .06, "Monthly growth of the responsive package, a unit of depth above the alarm.", low=0, high=1, prior=(.02, .10), unit="1/month", symbol="gamma", group="outside power")

CORE.constant("steps", 7., "Rungs on the ladder, rung 0 included; rung R allows a depth of (R+1)/steps.", low=2, high=7, unit="1", symbol="n_R", source=LEEDS)
CORE.constant("exchange_need", 4 / 7, "Depth at which benefits that need no enemy have nothing more to give.", low=.05, high=1, unit="depth", symbol="r_0")
CORE.constant("window_months", 6., "Months before a renewal in which the lock is off.", low=0, high=60, unit="months", symbol="T_w")
CORE.constant("session_months", 12., "Months between the sessions at which a treaty's parties hear who wants in, counted from when it came into force.", low=1, high=120, unit="months", symbol="T_s")
CORE.constant("reentry_months", 60., "Months for which a state that left a treaty stays out.", low=0, high=600, unit="months", symbol="T_e")
CORE.constant("core_floor", .05, "Least own perception used when core contingencies are compared.", low=.001, high=1, unit="intensity", symbol="P_0")
CORE.constant("provision_floor", .2, "Least provision that a weakened state keeps.", low=.01, high=1, unit="1", symbol="c_min")
# fmt: on

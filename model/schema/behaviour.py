"""Behaviour parameters, institutional constants and the switches of every mechanism."""

from __future__ import annotations

from pydantic import Field

from .base import Record, quantity

MEMO = "policy memo on the Russia-China treaty, August 2001"
LEEDS = "Leeds and Anac 2005"


class Behaviour(Record):
    """How states perceive, weigh, commit and bargain; one value for all states."""

    # fmt: off
    rise: float = quantity(.35, "Speed at which perceived threat climbs towards a higher target.", low=.01, high=1, prior=(.20, .50), unit="1/month", symbol="a_up", group="threat")
    fall: float = quantity(.055, "Speed at which perceived threat sinks towards a lower target.", low=.001, high=1, prior=(.03, .08), unit="1/month", symbol="a_down", group="threat")
    persistence: float = quantity(.9725, "Share of a source's excess intensity that is left a month later.", low=0, high=.995, prior=(.960, .985), unit="1/month", symbol="phi", group="threat")
    size: float = quantity(.6, "Size of a dated event that gives none of its own.", low=0, high=2, prior=(.4, 1), unit="intensity", symbol="z", group="threat")
    sigma: float = quantity(.02, "Standard deviation of the perception noise at full exposure.", low=0, high=.5, prior=(0, .05), unit="intensity", symbol="sigma", group="threat")
    contagion: float = quantity(.08, "Share of the gap to the partners' perception that a consultation closes.", low=0, high=1, prior=(.02, .15), unit="1/month", symbol="kappa", group="commitment")
    trigger: float = quantity(.2, "Perceived threat of any one party above which the parties consult.", low=0, high=2, prior=(0, .4), unit="intensity", symbol="theta_c", group="commitment")
    autonomy: float = quantity(1.25, "Price of depth: curvature of the cost of being bound.", low=.05, high=10, prior=(.9, 1.6), unit="utility", symbol="alpha", group="bargaining")
    mu: float = quantity(.95, "How much a dominant, mistrusted partner raises the price of depth.", low=0, high=5, prior=(.4, 1.5), unit="1", symbol="mu", group="bargaining")
    entrapment: float = quantity(.75, "Price at high depth of partners' quarrels that are not shared.", low=0, high=5, prior=(.3, 1.2), unit="utility/intensity", symbol="eta", source="Snyder 1984", group="bargaining")
    omega: float = quantity(.55, "Price of help owed beyond one's own fear.", low=0, high=5, prior=(.3, .8), unit="utility/intensity", symbol="omega", group="commitment")
    linkage: float = quantity(.4, "Share of the joint gain that side payments can bring about.", low=0, high=1, prior=(.2, .6), unit="1", symbol="lambda", group="bargaining")
    deepen: float = quantity(.055, "Share of the gap to the agreed depth that is closed upwards.", low=0, high=1, prior=(.03, .08), unit="1/month", symbol="v_up", group="commitment")
    hollow: float = quantity(.025, "Share of the gap to the agreed depth that is closed downwards.", low=0, high=1, prior=(.01, .04), unit="1/month", symbol="v_down", group="commitment")
    lock: float = quantity(.725, "How far a running term slows hollowing out and turning away.", low=0, high=1, prior=(.5, .95), unit="1", symbol="ell", group="commitment")
    backtrack: float = quantity(.175, "Price of breaking with practice, a unit of depth.", low=0, high=2, prior=(.05, .3), unit="utility", symbol="c_back", group="commitment")
    exit_cost: float = quantity(.015, "Price of leaving a treaty.", low=0, high=1, prior=(0, .03), unit="utility", symbol="c_exit", group="commitment")
    outside: float = quantity(.175, "Pull of the outside offer on a party that may leave.", low=0, high=2, prior=(0, .35), unit="utility", symbol="zeta", group="outside power")
    m: float = quantity(.2, "Price of depth with partners that are mistrusted and dominant.", low=0, high=2, prior=(.1, .3), unit="utility", symbol="m", group="bargaining")
    trust: float = quantity(.0035, "Monthly decay of mistrust at a full confidence-building article.", low=0, high=.2, prior=(.001, .006), unit="1/month", symbol="tau", group="bargaining")
    neighbour_mistrust: float = quantity(.05, "Mistrust that a unit of threat from a fellow member adds in a year.", low=0, high=1, prior=(.02, .08), unit="1/year", symbol="nu", group="bargaining")
    region: float = quantity(.125, "Support of one treaty's depth for a treaty that it promotes.", low=0, high=1, prior=(.05, .20), unit="utility", symbol="rho_r", group="bargaining")
    overlap_use: float = quantity(0., "How far another treaty's cover of a source substitutes for this one's.", low=0, high=1, prior=(0, .5), unit="1", symbol="chi", group="bargaining")
    stake: float = quantity(.075, "Interest in good relations with the outside power.", low=0, high=1, prior=(0, .15), unit="utility", symbol="s_o", group="outside power")
    core_overlap: float = quantity(.475, "Shared core contingency above which the top rung opens.", low=0, high=2, prior=(.35, .60), unit="1", symbol="omega*", source=MEMO, group="bargaining")
    deliberation: float = quantity(12., "Months for which a condition must hold before institutions act on it.", low=1, high=60, prior=(6, 18), unit="months", symbol="T_d", group="commitment")
    sign: float = quantity(.2, "Agreed depth above which founders sign a treaty that has no date.", low=0, high=1, prior=(.10, .30), unit="depth", symbol="theta_s", group="bargaining")
    entry: float = quantity(.2, "Ideal depth above which a candidate joins or takes part as a guest.", low=0, high=1, prior=(.10, .30), unit="depth", symbol="theta_e", group="bargaining")
    sphere: float = quantity(.05, "Gain that a lead state asks for before it lets another into its region.", low=0, high=1, prior=(0, .10), unit="utility", symbol="psi", source=MEMO, group="bargaining")
    rho: float = quantity(.25, "Restraint of a sponsor's programme by joint opposition.", low=0, high=1, prior=(0, .5), unit="1", symbol="rho", source=MEMO, group="outside power")
    adjust: float = quantity(.05, "Share of the gap to the offer that uptake closes.", low=0, high=1, prior=(.03, .08), unit="1/month", symbol="beta", group="outside power")
    turn: float = quantity(.065, "Speed at which alignment turns.", low=0, high=1, prior=(.03, .10), unit="1/month", symbol="v_x", group="outside power")
    x0: float = quantity(.2, "Weight of equidistance in alignment.", low=.01, high=2, prior=(.1, .3), unit="utility", symbol="x_0", group="outside power")
    domestic_cap: float = quantity(.45, "Largest package that the outside power's domestic politics allow.", low=0, high=2, prior=(.3, .6), unit="utility", symbol="dom", source=MEMO, group="outside power")
    alarm: float = quantity(.55, "Depth of a treaty directed at it above which a responsive outside power acts.", low=0, high=1, prior=(.4, .7), unit="depth", symbol="D_a", group="outside power")
    response: float = quantity(.06, "Monthly growth of the responsive package, a unit of depth above the alarm.", low=0, high=1, prior=(.02, .10), unit="1/month", symbol="gamma", group="outside power")
    dilemma: float = quantity(.025, "Monthly intensity that the depth of treaties directed at it draws from the outside power.", low=0, high=.5, prior=(0, .05), unit="intensity/month", symbol="delta", source="Jervis 1978", group="outside power")
    drift: float = quantity(.017, "Chance that a treaty gains a rung in a month (ratchet only).", low=0, high=1, prior=(.005, .03), unit="1/month", symbol="q", group="rivals")
    tether: float = quantity(.4, "Benefit of binding a mistrusted partner (tethering only).", low=0, high=2, prior=(.2, .6), unit="utility", symbol="b_t", source="Weitsman 2004", group="rivals")
    # fmt: on


class Institution(Record):
    """Constants of the ladder and of treaty procedure; the same for every treaty."""

    # fmt: off
    steps: float = quantity(7., "Rungs on the ladder, rung 0 included; rung R allows a depth of (R+1)/steps.", low=2, high=7, unit="1", symbol="n_R", source=LEEDS)
    opening_share: float = quantity(.85, "Depth with which a treaty without a predecessor begins, as a share of R/steps.", low=0, high=1, unit="1", symbol="d_0")
    near: float = quantity(.85, "Share of the rung's depth that practice must reach before the next rung.", low=0, high=1, unit="1", symbol="d_up")
    slack: float = quantity(.6, "Share of R/steps below which a review takes a rung away.", low=0, high=1, unit="1", symbol="d_down")
    review_months: float = quantity(60., "Months between reviews.", low=1, high=600, unit="months", symbol="T_r")
    window_months: float = quantity(6., "Months before a renewal in which a party can leave and the lock is off.", low=0, high=60, unit="months", symbol="T_w")
    reentry_months: float = quantity(60., "Months for which a state that left a treaty stays out.", low=0, high=600, unit="months", symbol="T_e")
    core_floor: float = quantity(.05, "Least own perception used when core contingencies are compared.", low=.001, high=1, unit="intensity", symbol="P_0")
    provision_floor: float = quantity(.2, "Least provision that a weakened state keeps.", low=.01, high=1, unit="1", symbol="c_min")
    tether_need: float = quantity(2 / 7, "Depth up to which tethering is useful (tethering only).", low=0, high=1, unit="depth", symbol="r_t", source="Weitsman 2004")
    # fmt: on


class Switches(Record):
    """Every mechanism by name. Off means that its term is absent, whatever its parameters say."""

    calendar: bool = Field(True, description="Dated shocks, rumours and weaknesses act.")
    arrivals: bool = Field(True, description="Shocks arrive at random from the scenario's start on.")
    noise: bool = Field(True, description="Perception is noisy (E3).")
    restraint: bool = Field(True, description="Joint opposition restrains sponsors (E2).")
    contagion: bool = Field(True, description="Consultation spreads perception (E4).")
    support: bool = Field(True, description="Parties act on a partner's threat as on their own (E5).")
    burden: bool = Field(True, description="Help owed beyond own fear costs (E7).")
    offers: bool = Field(True, description="Outside offers can be taken (E15).")
    stake: bool = Field(True, description="Good relations with the outside power count (E8, E14).")
    mistrust: bool = Field(True, description="Mistrusted dominant partners cost (E8, E9).")
    entrapment: bool = Field(True, description="Quarrels that are not shared cost (E9).")
    region: bool = Field(True, description="Treaties support each other (E8).")
    payments: bool = Field(True, description="Side payments can be arranged (E11).")
    lock: bool = Field(True, description="Terms slow hollowing out and turning away (E12, E14).")
    gate: bool = Field(True, description="The top rung needs a shared core contingency (E13).")
    exits: bool = Field(True, description="Parties may leave (E13).")
    entries: bool = Field(True, description="Candidates may join (E13).")
    guests: bool = Field(True, description="Candidates may take part without joining (E13).")
    coordination: bool = Field(True, description="Policy coordination pulls alignments together (E14).")
    security_dilemma: bool = Field(False, description="Depth draws a response from the outside power (E15).")
    external_threats: bool = Field(True, description="Treaties are useful against threats (E6).")
    tethering: bool = Field(False, description="Rival: treaties bind mistrusted partners.")
    solidarity: bool = Field(False, description="Rival: help counts between similar regimes only.")
    hub_provision: bool = Field(False, description="Rival: the hub provides, whatever others contribute.")
    held_perception: bool = Field(False, description="Rival: perceived threat stays at its long-run mean.")
    ratchet: bool = Field(False, description="Rival: rungs drift upwards and threats do not matter.")

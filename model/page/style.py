"""The style sheet: one set of names for both themes."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap

from .palette import DARK, LIGHT, variables
from .svg import WIDTH, Picture, tag, text

SVG_RULES = """
svg text { font: 12px Roboto, "Segoe UI", Arial, sans-serif; fill: var(--ink); }
svg .small { font-size: 11px; } svg .tiny { font-size: 10px; }
svg .muted { fill: var(--muted); } svg .strong { font-weight: 700; }
svg .end { text-anchor: end; } svg .middle { text-anchor: middle; }
svg .halo { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .present { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 1 3; }
svg .lever { stroke: var(--accent); stroke-width: 1.2; stroke-dasharray: 4 2; }
svg .series { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
svg .series.chosen { stroke-width: 4; }
svg .ghost { fill: none; stroke: var(--muted); stroke-width: 1.5; stroke-dasharray: 3 3; }
svg .fan { opacity: .13; } svg .fan.band50 { opacity: .22; } svg .middle-way { fill: none; stroke-width: 1.2; stroke-dasharray: 1 2; }
svg .ground { fill: var(--ground); stroke: var(--line); stroke-width: .8; } svg .capital { fill: var(--muted); }
svg .ahead { fill: var(--ground); opacity: .35; pointer-events: none; } svg .coded { fill: var(--paper); stroke: var(--ink); stroke-width: 1.4; }
svg .felt { fill: var(--muted); opacity: .5; }
svg .mark { stroke: var(--paper); stroke-width: .6; }
svg [data-pick] { cursor: pointer; }
svg .shape { fill-opacity: .07; stroke-linejoin: round; }
svg .shape.chosen { fill-opacity: .2; }
svg .edge { stroke-linecap: round; } svg .edge.chosen { stroke-dasharray: 2 6; stroke-width: 9px !important; }
svg .hit { stroke: transparent; stroke-width: 12; }
svg .ring { fill: none; stroke: var(--heat); } svg .node { stroke: var(--ink); stroke-width: 1; }
svg .power { fill: var(--outside); stroke: var(--ink); }
svg .offer { stroke: var(--outside); stroke-dasharray: 5 5; } svg .offer.taken { stroke-dasharray: none; }
svg .heat { fill: var(--heat); } svg .quiet { fill: var(--muted); opacity: .7; } svg .still { pointer-events: none; }
svg .practised { fill: var(--s5); } svg .agreed { stroke: var(--ink); stroke-width: 2.5; }
svg .wish { fill: var(--paper); stroke: var(--s1); stroke-width: 2; } svg .hair { stroke: var(--muted); stroke-width: .7; }
svg .flow { fill: var(--s2); }
svg .chip { fill: var(--ground); stroke: var(--muted); } svg .chip.chosen { stroke: var(--accent); stroke-width: 2.5; }
svg text.chosen { font-weight: 700; fill: var(--accent); }
"""

PAGE_RULES = """
.v-app-bar, .v-app-bar .v-toolbar__content { height: 44px !important; }
.v-navigation-drawer { top: 44px !important; max-height: calc(100% - 44px) !important; min-width: 336px !important; width: 336px !important; }
.v-content { padding-top: 44px !important; } .solara-autorouter-content > .v-sheet { row-gap: 0 !important; } .solara-autorouter-content { margin: -8px -4px 0; }
b:has(> a[href="https://solara.dev"]) { display: none; }
.entente { color: var(--ink); padding: 0 4px 16px; }
.entente .clock { position: sticky; top: -12px; z-index: 3; background: var(--ground); padding: 6px 0; display: flex; align-items: center; gap: 14px; margin: 0 0 4px; }
.entente .month { font: 700 22px Roboto, Arial, sans-serif; font-variant-numeric: tabular-nums; }
.entente .land { position: absolute; width: 0; height: 0; }
.entente .time { flex: 0 1 220px; min-width: 110px; height: 16px; accent-color: var(--accent); }
.entente .tools { margin-left: auto; display: flex; gap: 6px; }
.entente .take { float: right; display: flex; gap: 4px; margin-top: -22px; } .entente .take button { padding: 0 5px; font-size: 10.5px; color: var(--muted); }
.entente .later { opacity: .5; } .entente .then time { color: var(--accent); font-weight: 700; }
.entente .happened button.when { position: absolute; left: 0; border: 0; padding: 0; font: inherit; background: none; }
.side .foreseen { padding: 0 0 0 14px; margin: 4px 0; font-size: 12px; color: var(--muted); } .side .foreseen li:first-child { list-style: none; margin-left: -14px; }
.side .pulled input { padding: 1px 4px; font-size: 12px; } .side .pulled input.short { width: 64px; } .side .pulled input.size { width: 46px; }
body.presenting .v-navigation-drawer, body.presenting .v-app-bar { display: none !important; } body.presenting .v-content { padding: 0 !important; }
.entente.presenting .card:not(.ties):not(.happened):not([class*=beside]) { display: none; } .entente.presenting .cards { grid-template-columns: 2fr 1fr; }
.entente.presenting .headline { font-size: 28px !important; } .entente.presenting .month { font-size: 30px; } .entente.presenting .summary, .entente.presenting .happened ol { font-size: 17px; }
.entente.presenting .picture svg { max-height: calc(100vh - 200px); } .entente.presenting .take { display: none; } .entente.presenting .happened ol { max-height: 70vh; } .entente.presenting .happened li { padding-left: 92px; } .entente.presenting .happened small { font-size: 15px; }
.entente .words { color: var(--muted); font-size: 13px; }
.entente .headline { font: 600 17px/1.35 Roboto, Arial, sans-serif !important; letter-spacing: 0 !important; margin: 2px 4px 8px; }
.entente .happened ol { list-style: none; padding: 0; margin: 0; max-height: 512px; overflow-y: auto; font-size: 13px; line-height: 1.35; }
.entente .happened li { padding: 4px 0 4px 74px; border-top: 1px solid var(--line); position: relative; }
.entente .happened time { color: var(--muted); font-variant-numeric: tabular-nums; }
.entente .happened small { display: block; font-weight: 400; color: var(--muted); font-size: 12px; }
.entente .happened button.told { border: 0; padding: 0; font: inherit; color: inherit; text-align: left; background: none; text-decoration: underline dotted; text-underline-offset: 3px; }
.entente .happened li.rung-up, .entente .happened li.signing { border-left: 0; font-weight: 500; } .entente .happened li.shock, .entente .happened li.relief, .entente .happened li.rumour { color: var(--muted); }
.entente .problem { margin: 0 4px 10px; padding: 8px 12px; border-left: 4px solid var(--heat);
  background: var(--paper); }
.entente .cards { display: grid; gap: 10px; grid-template-columns: repeat(2, minmax(0, 1fr)); align-items: start; }
.entente .card { background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 8px 12px; }
.entente .card h2 { font: 600 14px Roboto, Arial, sans-serif; margin: 0 0 4px; }
.entente .picture svg { display: block; width: 100%; height: auto; }
.entente .summary { color: var(--muted); font-size: 12.5px; line-height: 1.35; margin: 6px 0 0; }
.entente .details { font-size: 13px; line-height: 1.4; } .entente .details h2 { display: inline; }
.entente .details h3 { font: 600 13px Roboto, Arial, sans-serif; margin: 10px 0 3px; }
.entente .details p { margin: 6px 0; } .entente .details ul { padding-left: 18px; }
.entente .details summary { cursor: pointer; margin: 4px 0; }
.entente .details table { border-collapse: collapse; width: 100%; }
.entente .details td, .entente .details th { text-align: left; padding: 2px 8px 2px 0; vertical-align: top;
  border-bottom: 1px solid var(--line); } .entente .details th { color: var(--muted); font-weight: 500; }
.entente .details tr.off td:first-child { text-decoration: line-through; }
.entente button, .side button { color: var(--accent); border: 1px solid var(--line); border-radius: 4px;
  padding: 1px 8px; font-size: 12px; background: var(--paper); cursor: pointer; }
.entente button:hover, .side button:hover { border-color: var(--accent); }
.side button:disabled { opacity: .45; cursor: default; }
.side { color: var(--ink); font-size: 13px; } .side .note { color: var(--muted); font-size: 12px; margin: 2px 0 6px; }
.side details { border-top: 1px solid var(--line); padding: 4px 0; }
.side summary { cursor: pointer; font-weight: 500; text-transform: none; padding: 2px 0; }
.side summary::first-letter { text-transform: uppercase; }
.side .count { color: var(--accent); font-weight: 400; font-size: 12px; }
.side .line { display: flex; align-items: center; gap: 6px; margin: 4px 0; }
.side .line label { flex: 0 0 auto; } .setup { margin: 6px 0 10px; } .setup label { flex: 0 0 62px !important; } .side .levers label, .side.levers label { flex: 0 0 84px; color: var(--muted); }
.side select, .side input[type=text] { flex: 1 1 auto; min-width: 0; color: var(--ink); background: var(--paper);
  border: 1px solid var(--line); border-radius: 4px; padding: 3px 6px; font-size: 13px; }
.side select option { color: #1b1f24; background: #ffffff; }
.side select, .details select { appearance: none; padding-right: 22px !important; background-repeat: no-repeat !important;
  background-position: right 7px center !important; background-image: url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='10' height='6'%3E%3Cpath d='M1 1l4 4 4-4' fill='none' stroke='%23808890' stroke-width='1.5'/%3E%3C/svg%3E") !important; }
.side input.short { flex: 0 0 58px; } .side input[type=range] { flex: 1 1 auto; min-width: 0; width: 100%;
  accent-color: var(--accent); } .side input[type=file] { font-size: 12px; max-width: 100%; }
.side .dial { padding: 4px 0 6px; border-bottom: 1px dotted var(--line); } .side .dial label { flex: 1 1 auto; }
.side .dial input[type=text] { flex: 0 0 74px; } .side .dial i { color: var(--muted); font-size: 12px; }
.setup .unit { flex: 0 0 auto !important; white-space: nowrap; }
.v-expansion-panel-content__wrap { padding: 0 14px 12px !important; } .v-expansion-panel-header { padding: 8px 14px !important; min-height: 40px !important; }
.side .unit { flex: 0 0 62px; color: var(--muted); font-size: 11.5px; overflow-wrap: anywhere; }
.side .text { color: var(--muted); font-size: 12px; line-height: 1.3; margin: 0; }
.side .wrong { color: var(--wrong); font-size: 12.5px; margin: 4px 0; }
.side [aria-invalid=true] { border-color: var(--wrong) !important; }
.side .act { font-weight: 500; padding: 4px 12px; margin: 4px 0; border-color: var(--accent); }
.side .pulled { padding-left: 16px; margin: 8px 0; } .side .buttons { display: flex; flex-wrap: wrap; gap: 6px; }
.side h4 { font: 500 13px Roboto, Arial, sans-serif; margin: 8px 0 4px; }
.side .waiting { display: block; color: var(--accent); font-size: 12.5px; padding: 2px 0 8px; }
.entente .choices { display: flex; flex-wrap: wrap; gap: 6px; }
.entente .details .close { float: right; }
@media (max-width: 1699px) { .entente .details.open { position: fixed; z-index: 4; top: 96px; right: 22px; max-height: calc(100vh - 108px);
  width: min(460px, 46vw); overflow: auto; box-shadow: 0 6px 24px rgba(0, 0, 0, .35); } }
@media (max-width: 899px) { .entente .cards { grid-template-columns: minmax(0, 1fr); } }
.entente :focus-visible, .side :focus-visible, .v-btn:focus-visible, .v-expansion-panel-header:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (min-width: 1700px) { .entente .cards { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
"""

STYLE = (
    f":root {{{variables(LIGHT)}}} .theme--dark {{{variables(DARK)}}}"
    ".v-content, .v-navigation-drawer, .v-navigation-drawer .v-sheet:not(.v-card), .v-content .v-sheet:not(.v-card) { background: var(--ground) !important; }"
    + SVG_RULES
    + PAGE_RULES
)


HEAD, FOOT_LINE, FOOT_LETTERS = 30.0, 14.0, 88
"""Room above a picture for its title, below it for each line, and letters of a line."""


def standalone(picture: Picture, lines: Iterable[str] = (), defined: str = "") -> str:
    """A picture as a file of its own, in the light theme, with its title above, lines beneath it, and what it uses defined."""
    sheet = f"<style>svg {{{variables(LIGHT)}background:{LIGHT['paper']}}}{SVG_RULES}</style>"
    head, rest = picture.svg.split(">", 1)
    high = float(head.split('viewBox="')[1].split('"')[0].split()[3])
    told = [part for one in lines for part in wrap(one, FOOT_LETTERS, subsequent_indent="  ")]
    whole = HEAD + high + FOOT_LINE * (len(told) + 1)
    box = f'viewBox="0 {-HEAD:g} {WIDTH} {whole:g}" width="{2 * WIDTH}" height="{2 * whole:g}"'
    foot = [text(4, high + FOOT_LINE * (n + 1), line, class_="small muted") for n, line in enumerate(told)]
    ground = tag("rect", x=0, y=-HEAD, width=WIDTH, height=whole, fill="var(--paper)")
    inside = rest.removesuffix("</svg>")
    named = text(4, -11, picture.title, class_="strong")
    begin = head.replace(f'viewBox="0 0 {WIDTH} {high:g}"', box)
    return f"{begin}>{sheet}{defined}{ground}{inside}{named}{''.join(foot)}</svg>"

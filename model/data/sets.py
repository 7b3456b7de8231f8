"""The data sets of the field that are read, each declared once: columns, their other spellings, what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field

MISSING = ("", "NA", "N/A", "NaN", "nan", ".", "-9", "-9.0", "-9.00")
"""What stands for a missing value in the codebooks of these data sets; Stata's own `.` among them."""

COW, GW, NAMED = "COW", "Gleditsch-Ward", "name or ISO3"


@dataclass(frozen=True)
class Column:
    """A column: its name here, other spellings, whether a file must have it, its range, and whether it is text."""

    name: str
    also: tuple[str, ...] = ()
    needed: bool = True
    low: float | None = None
    high: float | None = None
    text: bool = False


@dataclass(frozen=True)
class DataSet:
    """A data set as its codebook describes it.

    `codes` maps each column of state codes to the spellings of other systems in which the column may come;
    `key` are the columns of which no two rows may be alike; `negative` says that a value below 0 is one.
    """

    id: str
    name: str
    citation: str
    columns: tuple[Column, ...]
    codes: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    year: str | None = None
    negative: bool = False


def _state(name: str, suffix: str = "", cow: tuple[str, ...] = ()) -> dict[str, dict[str, tuple[str, ...]]]:
    """A column of state codes, and how it is called where it holds codes of another system."""
    return {
        name: {
            COW: (f"ccode{suffix}", f"cow{suffix}", f"cowcode{suffix}", f"cow_code{suffix}", *cow),
            GW: (f"gwcode{suffix}", f"gwno{suffix}", f"gw{suffix}"),
            NAMED: (f"iso3c{suffix}", f"iso3{suffix}", f"stateabb{suffix}", f"country{suffix}"),
        }
    }


_PAIR = _state("ccode1", "1", ("ccode_1", "statea", "state1no", "ccodea")) | _state(
    "ccode2", "2", ("ccode_2", "stateb", "state2no", "ccodeb")
)
_CLAUSES = ("defense", "offense", "neutral", "nonagg", "consul")
_TEXT = (
    *(Column(clause, needed=clause in ("defense", "nonagg", "consul")) for clause in _CLAUSES),
    Column("speclgth", needed=False),
    Column("length", needed=False),
    Column("renewlgt", needed=False),
    Column("noothall", needed=False),
    Column("organ1", needed=False),
    Column("base", needed=False),
    Column("milaid", needed=False),
    Column("intcom", needed=False),
)
_BEGINS = (
    Column("begyr", ("begyear", "year_begin")),
    Column("begmo", ("begmonth",), needed=False),
    Column("endyr", ("endyear",)),
)
# Files of alliances and of phases list their members in columns of their own.
LISTED = tuple(f"mem{number}" for number in range(1, 65))
_LISTED = tuple(Column(name, needed=name == LISTED[0]) for name in LISTED)

NMC = DataSet(
    "nmc",
    "COW National Material Capabilities",
    "Singer, Bremer and Stuckey 1972; Singer 1987",
    (Column("year"), Column("cinc", low=0, high=1)),
    _state("ccode"),
    ("ccode", "year"),
    "year",
)
MEMBERS = DataSet(
    "members",
    "ATOP 5.1, members (atop5_1m)",
    "Leeds, Ritter, Mitchell and Long 2002",
    (
        Column("atopid", ("atop_id",)),
        Column("yrent", ("year_entered",)),
        Column("moent", needed=False),
        Column("yrexit"),
        Column("moexit", needed=False),
        Column("phase", needed=False),
        *_TEXT,
    ),
    _state("member", cow=("member",)),
)
ALLIANCES = DataSet(
    "alliances",
    "ATOP 5.1, alliances (atop5_1a)",
    "Leeds, Ritter, Mitchell and Long 2002",
    (Column("atopid", ("atop_id",)), *_BEGINS, *_LISTED, *_TEXT),
    key=("atopid",),
)
PHASES = DataSet(
    "phases",
    "ATOP 5.1, phases (atop5_1ph)",
    "Leeds, Ritter, Mitchell and Long 2002",
    (
        Column("atopid", ("atop_id",)),
        Column("atopidphase", ("atopidph",), text=True),
        *_BEGINS,
        Column("phase"),
        *_LISTED,
        *_TEXT,
    ),
    key=("atopidphase",),
)
DISPUTES = DataSet(
    "disputes",
    "Militarized disputes, directed dyads (GML or COW)",
    "Gibler, Miller and Little 2016",
    (
        Column("dispnum", ("dispnum3", "dispnum4", "disno")),
        Column("year", ("styear", "strtyr")),
        Column("onset", ("gmlmidonset", "cowmidonset", "midonset"), needed=False),
        Column("stmon", ("strtmnth", "stmonth"), needed=False),
        Column("hostlev", ("hihost", "hostlev_max"), low=0, high=5),
    ),
    _PAIR,
    year="year",
)
RIVALRIES = DataSet(
    "rivalries",
    "Rivalries (Thompson, or Klein, Goertz and Diehl)",
    "Thompson, Sakuwa and Suhas 2021; Thompson and Dreyer 2012; Klein, Goertz and Diehl 2006",
    (
        Column("start", ("styear", "rivstart", "start_year", "beginyr")),
        Column("end", ("endyear", "rivend", "end_year", "endyr")),
        Column("principal", needed=False),
        Column("aprin", needed=False),
    ),
    _state("ccode1", "1", ("ccodea", "rivala", "stata")) | _state("ccode2", "2", ("ccodeb", "rivalb", "statb")),
)
CONTIGUITY = DataSet(
    "contiguity",
    "COW direct contiguity",
    "Stinnett, Tir, Schafer, Diehl and Gochman 2002",
    (
        Column("conttype", ("contiguity", "land_contiguity")),
        Column("begin", ("stdate", "begin_date"), text=True),
        Column("end", ("enddate", "end_date"), text=True),
    ),
    _PAIR,
)
IDEAL = DataSet(
    "ideal",
    "UN General Assembly ideal points",
    "Bailey, Strezhnev and Voeten 2017",
    (
        Column("session", needed=False),
        Column("year", needed=False),
        Column("idealpoint", ("idealpointall", "idealpoint_all")),
    ),
    _state("ccode"),
    year="year",
    negative=True,
)
DCAD = DataSet(
    "dcad",
    "Defense Cooperation Agreement Dataset (DCAD)",
    "Kinne 2020",
    (
        Column("signyear", ("sign_year",)),
        Column("signmonth", ("sign_month",), needed=False),
        Column("type", text=True),
        Column("endyearestimate", ("end_year_estimate",)),
    ),
    _PAIR,
)
EXERCISES = DataSet(
    "exercises",
    "Multinational military exercises (MME)",
    "D'Orazio and Galambos 2021",
    (
        Column("mmeid", ("exerciseid", "exercise_id"), text=True),
        Column("year", ("s.year", "start_year")),
        Column("participant_count", ("participants", "n_participants"), needed=False),
    ),
    _state("ccode"),
    year="year",
)
ICB = DataSet(
    "icb",
    "International Crisis Behavior, actors (ICB2)",
    "Brecher and Wilkenfeld 2000",
    (
        Column("crisno"),
        Column("yrtrig", ("trigyr",)),
        Column("motrig", needed=False),
        Column("trigent"),
        Column("gravty", ("gravity",)),
    ),
    _state("cracid", cow=("cracid", "actorcode")),
)
TROOPS = DataSet(
    "troops",
    "Troops abroad by country and year",
    "McManus and Nieman 2019",
    (Column("year"), Column("troops", ("troops_ad", "troopsize"), low=0)),
    _state("host", cow=("host", "host_ccode", "hostcc", "ccode"))
    | _state("sender", cow=("sender", "sender_ccode", "sendercc", "sponsor")),
    ("host", "sender", "year"),
    "year",
)
PRACTICE = DataSet(
    "practice",
    "Ladder of practice by dyad and year (entente record)",
    "written by entente record",
    (
        Column("year"),
        Column("rung", low=0, high=6),
        Column("rung_lo", needed=False, low=0, high=6),
        Column("rung_hi", needed=False, low=0, high=6),
    ),
    _PAIR,
    ("ccode1", "ccode2", "year"),
    "year",
)

RECORD = DataSet(
    "record",
    "Record of ties (tie, treaty, year, rung)",
    "",
    (
        Column("tie", text=True),
        Column("treaty", text=True),
        Column("year"),
        Column("rung", low=0, high=6),
    ),
    key=("tie", "year"),
    year="year",
)
"""A record in the form of the project; it holds no states, so it is not looked for among the data sets."""

SETS = {
    one.id: one
    for one in (
        NMC,
        MEMBERS,
        ALLIANCES,
        PHASES,
        DISPUTES,
        RIVALRIES,
        CONTIGUITY,
        IDEAL,
        DCAD,
        EXERCISES,
        ICB,
        TROOPS,
        PRACTICE,
    )
}
"""Every data set, by the name of its option."""

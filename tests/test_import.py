"""From data files to scenarios: reading, codes of states, what is built, and one sentence for every mistake."""

from __future__ import annotations

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from entente import InputError
from entente import run as run_scenario
from entente.cli import main
from entente.data.facts import Facts
from entente.data.mapping import load_mapping
from entente.data.read import find_sets, read_set
from entente.data.sets import COW, GW, NAMED, NMC, SETS
from entente.data.states import countries, cow_of, state_of
from entente.evidence.ties import load_ties
from entente.schema.load import load_scenario

from . import field

YEARS = ["--from", "1985", "--to", "2000"]


def run(*arguments):
    """A command that must succeed."""
    with pytest.raises(SystemExit) as left:
        main([str(one) for one in arguments])
    assert left.value.code == 0


def refused(capsys, *arguments):
    """The sentence with which a command is refused."""
    with pytest.raises(SystemExit) as left:
        main([str(one) for one in arguments])
    assert left.value.code == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("entente: ")
    return said


@pytest.fixture
def files(tmp_path):
    return field.write(tmp_path / "files")


def numbers(data, at=""):
    """Every number of plain data with its dotted path."""
    for key, value in data.items():
        path = f"{at}.{key}" if at else str(key)
        if isinstance(value, dict):
            yield from numbers(value, path)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield path, value


# Reading


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(countries())), st.integers(1816, 2020), st.floats(0, 1)),
        min_size=1,
        unique_by=lambda row: row[:2],
    ),
    st.sampled_from(["csv", "semicolons", "bom", "parquet", "stata"]),
)
def test_the_same_rows_are_read_from_every_format(tmp_path_factory, rows, form):
    frame = pd.DataFrame(rows, columns=["CCode", "Year", "cinc"]).assign(version="6")
    folder = tmp_path_factory.mktemp("forms")
    path = folder / {"parquet": "f.parquet", "stata": "f.dta"}.get(form, "f.csv")
    if form == "parquet":
        frame.to_parquet(path)
    elif form == "stata":
        frame.to_stata(path, write_index=False)
    elif form == "semicolons":
        frame.to_csv(path, index=False, sep=";", decimal=",")
    else:
        frame.to_csv(path, index=False, encoding="utf-8-sig" if form == "bom" else "utf-8")
    read = read_set(path, NMC).rows
    assert read.ccode.tolist() == frame.CCode.tolist()
    assert read.year.tolist() == frame.Year.tolist()
    assert read.cinc.tolist() == pytest.approx(frame.cinc.tolist())


@pytest.mark.parametrize("missing", ["-9", "", "NA", "."])
def test_what_is_missing_is_no_value(tmp_path, missing):
    (tmp_path / "nmc.csv").write_text(f"ccode,year,cinc\n2,1990,{missing}\n2,1991,.1\n")
    rows = read_set(tmp_path / "nmc.csv", NMC).rows
    assert rows.cinc.isna().tolist() == [True, False]


def test_only_years_and_states_that_are_wanted_are_kept_of_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr("entente.data.read.CHUNK", 7)
    path = field.write(tmp_path) / "nmc.csv"
    rows = read_set(path, NMC, (1990, 1992), [field.AUS, field.NZL]).rows
    assert sorted(zip(rows.ccode, rows.year, strict=True)) == [
        (code, year) for code in (field.AUS, field.NZL) for year in (1990, 1991, 1992)
    ]


def test_a_folder_is_read_by_columns_whatever_the_names(tmp_path, files):
    for number, path in enumerate(sorted(files.iterdir())):
        path.rename(files / f"file{number}.csv")
    (files / "notes.csv").write_text("a,b\n1,2\n")
    assert set(find_sets(files)) == set(field.frames())


@given(st.sampled_from(sorted(countries())), st.integers(1991, 2015))
def test_codes_lead_to_the_state_that_they_name(cow, year):
    one = countries()[cow]
    assert cow_of(cow, COW) == cow
    assert state_of(one.id, "here") == cow
    if one.since <= year <= one.until:
        assert cow in {cow_of(code, GW, year) for code in one.gw}
        assert cow_of(one.id, NAMED, year) == cow


@pytest.mark.parametrize(
    ("value", "system", "year", "cow"),
    [
        (260, GW, 1970, 260), (260, GW, 1995, 255), (678, GW, 1980, 678), (678, GW, 1995, 679), (340, GW, 2007, 345),
        ("DEU", NAMED, 1970, 260), ("DEU", NAMED, 2000, 255), ("AUS", NAMED, None, 900), ("Türkiye", NAMED, None, 640),
        ("Russian Federation", NAMED, None, 365), ("Atlantis", NAMED, None, None),
    ],
)  # fmt: skip
def test_codes_that_changed_hands_go_by_the_year(value, system, year, cow):
    assert cow_of(value, system, year) == cow


def test_gw_and_iso_columns_give_cow_numbers(tmp_path):
    (tmp_path / "a.csv").write_text("gwcode,year,cinc\n260,1985,.1\n260,1995,.1\n")
    (tmp_path / "b.csv").write_text("iso3c,year,cinc\nDEU,1985,.1\nDEU,1995,.1\nXYZ,1995,.1\n")
    assert read_set(tmp_path / "a.csv", NMC).rows.ccode.tolist() == [260, 255]
    found = read_set(tmp_path / "b.csv", NMC)
    assert found.rows.ccode.tolist() == [260, 255]
    assert "1 rows without a state" in found.notes[0]
    assert "XYZ" in found.notes[0]


# What is built


def test_every_number_has_its_origin_and_every_origin_its_number(tmp_path, files):
    run("import", "--all", *YEARS, "--data", files, "--out", tmp_path / "out")
    origins = pd.read_csv(tmp_path / "out" / "sources.csv", keep_default_na=False)
    ties = load_ties(tmp_path / "out").ties
    assert [tie.name for tie in ties] == ["d2-900", "d2-920", "d850-900", "d900-920"]
    for tie in ties:
        data = yaml.safe_load((tmp_path / "out" / f"{tie.name}.yaml").read_text())
        own = origins[origins.scenario == tie.name].set_index("path")
        for path, value in numbers(data):
            assert float(own.value[path]) == value, path
            assert own.data_set[path] or own.mapping[path] or own.row[path], path
        assert own.index.is_unique
        assert {path for path, _ in numbers(data)} <= set(own.index)
        assert (own[own.data_set != ""].citation != "").all() or "practice" in set(own.data_set)
    mapping = load_mapping()
    for keys in origins.mapping[origins.mapping != ""].unique():
        for key in keys.split(", "):
            assert mapping.because(key)[1] in (tmp_path / "out" / "judgement.md").read_text()


def test_the_record_begins_after_the_start_and_only_its_first_rung_goes_in(tmp_path, files):
    run("record", "--data", files, "--out", tmp_path / "practice.csv")
    practice = pd.read_csv(tmp_path / "practice.csv")
    run("import", "--all", "--years", "1987-2000", "--data", files, "--practice", tmp_path / "practice.csv",
        "--out", tmp_path / "a")  # fmt: skip
    later = practice.assign(rung=practice.rung.where(practice.year <= 1987, 6))
    later.to_csv(tmp_path / "later.csv", index=False)
    run("import", "--all", "--years", "1987-2000", "--data", files, "--practice", tmp_path / "later.csv",
        "--out", tmp_path / "b")  # fmt: skip
    for tie in load_ties(tmp_path / "a").ties:
        assert (tmp_path / "a" / f"{tie.name}.yaml").read_text() == (
            tmp_path / "b" / f"{tie.name}.yaml"
        ).read_text()
        assert min(cell.year for cell in tie.record.cells) == 1988
        a, b = map(int, tie.name[1:].split("-"))
        own = practice[(practice.ccode1 == a) & (practice.ccode2 == b)].set_index("year").rung
        opening = tie.scenario.treaties["pact"].opening
        assert opening is None or opening.rung == own[1987]


def test_a_dyad_has_its_treaty_rivals_shocks_and_exchange(tmp_path, files):
    run("import", "--dyad", "AUS-USA", *YEARS, "--data", files, "--out", tmp_path / "out")
    s = load_scenario(str(tmp_path / "out" / "d2-900.yaml"))
    pact = s.treaties["pact"]
    assert (pact.name, pact.signed, pact.obligation) == ("ATOP 3000", "1952-03", 4)
    assert {article.rule for article in pact.articles.values()} == {
        "consultation",
        "mutual_defence",
        "exclusivity",
    }
    # Exposures follow the years of the rivalries.
    assert s.states["USA"].exposure == {"rival-RUS": 0.8}
    assert s.states["AUS"].exposure == {"rival-RUS": 0.0}
    settings = {(act.month, act.path, act.value) for act in s.interventions.values() if act.kind == "set"}
    assert settings == {
        ("1992-01", "states.USA.exposure.rival-RUS", 0.0),
        ("1990-01", "states.AUS.exposure.rival-RUS", 0.5),
    }
    # A dispute of hostility 2 is talk, and the dispute of the rival's own row is the same one.
    shocks = [act for act in s.interventions.values() if act.kind == "shock"]
    assert [(act.month, act.source, act.size, act.weights) for act in shocks] == [
        ("1986-05", "rival-RUS", 0.5, {"USA": 1.0})
    ]
    product = s.states["USA"].capability["1985"] * s.states["AUS"].capability["1985"]
    assert 10 ** (5 * pact.exchange["USA"] - 7) == pytest.approx(product, rel=1e-4)


def test_neighbours_ideal_points_and_crises_count_where_they_are_given(tmp_path, files):
    pd.DataFrame([{"state1no": 900, "state2no": 365, "conttype": 1, "begin": 190001, "end": 201612}]).to_csv(
        files / "contdir.csv", index=False
    )
    points = [
        {"ccode": c, "session": 1984 - 1945, "IdealPoint": p} for c, p in ((2, 2.0), (900, -0.5), (365, -3.0))
    ]
    pd.DataFrame(points).to_csv(files / "ideal.csv", index=False)
    crises = [
        {"crisno": n, "cracid": a, "yrtrig": y, "motrig": 8, "trigent": 365, "gravty": g}
        for n, a, y, g in [(1, 2, 1986, 5), (2, 2, 1988, 5), (3, 900, 1991, 1)]
    ]
    pd.DataFrame(crises).to_csv(files / "icb2.csv", index=False)
    run("import", "--dyad", "2-900", "--years", "1985-2000", "--data", files, "--out", tmp_path / "out")
    s = load_scenario(str(tmp_path / "out" / "d2-900.yaml"))
    begins = next(act for act in s.interventions.values() if act.kind == "set" and act.month == "1990-01")
    assert begins.value == 0.6
    assert s.treaties["pact"].opening.mistrust == pytest.approx(0.3 + 0.05 * 2.5)
    # The crisis of 1986 is the dispute of that year, and one of no gravity is no shock.
    shocks = {id_: (act.month, act.size) for id_, act in s.interventions.items() if act.kind == "shock"}
    assert shocks == {"mid1-USA-RUS": ("1986-05", 0.5), "icb2-USA-RUS": ("1988-08", 0.8)}


def test_who_joins_later_may_and_who_leaves_is_not_told(tmp_path, files):
    members = pd.concat(
        [field.frames()["members"], pd.DataFrame([field.member(3000, field.IDN, 1995, defense=1)])]
    )
    members.to_csv(files / "members.csv", index=False)
    run("import", "--atop", 3000, *YEARS, "--data", files, "--out", tmp_path / "out")
    s = load_scenario(str(tmp_path / "out" / "atop3000.yaml"))
    assert set(s.treaties["pact"].candidates) == {"IDN"}
    assert "NZL" in s.treaties["pact"].parties
    assert {act.kind for act in s.interventions.values()} <= {"shock", "set", "rift"}


def test_codings_that_differ_give_a_record_with_a_range(tmp_path, files):
    run("record", "--data", files, "--out", tmp_path / "a.csv")
    other = pd.read_csv(tmp_path / "a.csv")
    other.assign(rung=other.rung.clip(upper=3)).to_csv(tmp_path / "b.csv", index=False)
    run("record", "--compare", tmp_path / "a.csv", tmp_path / "b.csv", "--out", tmp_path / "both.csv")
    run("import", "--dyad", "2-900", *YEARS, "--data", files, "--practice", tmp_path / "both.csv",
        "--out", tmp_path / "out")  # fmt: skip
    (tie,) = load_ties(tmp_path / "out").ties
    assert {cell.codings for cell in tie.record.cells if cell.year == 1990} == {(3, 3, 4)}


def test_a_later_text_is_a_phase_and_a_dispute_between_members_is_a_quarrel(tmp_path, files):
    run("import", "--dyad", "850-900", *YEARS, "--data", files, "--out", tmp_path / "out")
    s = load_scenario(str(tmp_path / "out" / "d850-900.yaml"))
    pact = s.treaties["pact"]
    assert (set(pact.articles), pact.articles["term"].years, pact.obligation) == ({"term", "non_aggression"}, 5, 1)
    (later,) = pact.phases.items()
    assert (later[0], set(later[1].articles), later[1].obligation) == (
        "1992-03", {"consultation", "non_aggression"}, 2
    )  # fmt: skip
    acts = {act.kind: act for act in s.interventions.values()}
    assert (acts["rift"].month, acts["rift"].parties, acts["rift"].size) == ("1990-06", ["IDN", "AUS"], 0.3)


def test_a_state_of_which_the_rows_end_has_ended_and_one_of_which_they_begin_has_begun(tmp_path, files):
    nmc = pd.read_csv(files / "nmc.csv")
    nmc = nmc[(nmc.ccode != 850) | (nmc.year <= 1995)]
    nmc.to_csv(files / "nmc.csv", index=False)
    run("import", "--dyad", "850-900", *YEARS, "--data", files, "--out", tmp_path / "out")
    s = load_scenario(str(tmp_path / "out" / "d850-900.yaml"))
    assert (s.states["IDN"].to, s.states["AUS"].to) == ("1995-12", None)
    assert all(getattr(state, "from") is None for state in s.states.values())
    done = run_scenario(s)
    assert "it exists no longer" in " ".join(done.events["rule"])
    assert done.treaties.set_index("month").loc["1996-01", "status"] == 2
    kept = pd.read_csv(tmp_path / "out" / "sources.csv").set_index("path")
    assert kept.loc["states.IDN.to", ["data_set", "row"]].tolist() == [
        "COW National Material Capabilities",
        "ccode=850 year=1995",
    ]


def test_an_alliance_of_several_has_one_record_and_its_states_in_force(tmp_path, files):
    run("import", "--atop", 3000, "--from", 1986, "--to", 2000, "--data", files, "--out", tmp_path / "out")
    (tie,) = load_ties(tmp_path / "out").ties
    assert set(tie.scenario.treaties["pact"].parties) == {"USA", "AUS", "NZL"}
    first = tie.record.cells[0]
    assert (first.year, first.low, first.rung, first.high) == (1987, 1, 2, 2)


def test_obligations_alone_are_no_practice(tmp_path, files):
    run("import", "--atop", 3000, *YEARS, "--nmc", files / "nmc.csv", "--members", files / "members.csv",
        "--out", tmp_path / "out")  # fmt: skip
    assert not (tmp_path / "out" / "atop3000.csv").exists()
    assert "is no practice" in (tmp_path / "out" / "judgement.md").read_text()
    assert load_scenario(str(tmp_path / "out" / "atop3000.yaml")).sources == {}


def test_the_same_files_give_the_same_bytes(tmp_path, files):
    for name in ("a", "b"):
        run("import", "--all", *YEARS, "--data", files, "--out", tmp_path / name)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_the_table_of_members_may_come_from_alliances(tmp_path, files):
    listed = pd.DataFrame([{"atopid": 3000, "begyr": 1952, "begmo": 3, "endyr": 0, "mem1": 2, "mem2": 900, "mem3": 920,
                            **field.TEXT, "defense": 1, "consul": 1}])  # fmt: skip
    listed.to_csv(tmp_path / "alliances.csv", index=False)
    facts = Facts({"alliances": read_set(tmp_path / "alliances.csv", SETS["alliances"])})
    assert facts.alliances[3000].members == [2, 900, 920]


def test_another_mapping_changes_the_scenario_and_its_list(tmp_path, files):
    own = yaml.safe_load((load_mapping_file()).read_text())
    own["rivalry"]["principal"] = {"value": 0.4, "because": "We judge so."}
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(own))
    run("import", "--dyad", "2-900", *YEARS, "--data", files, "--mapping", tmp_path / "own.yaml",
        "--out", tmp_path / "out")  # fmt: skip
    assert load_scenario(str(tmp_path / "out" / "d2-900.yaml")).states["USA"].exposure == {"rival-RUS": 0.4}
    assert "| 0.4 | 1 | We judge so. |" in (tmp_path / "out" / "judgement.md").read_text()


def load_mapping_file():
    from entente.data.mapping import MAPPINGS

    return MAPPINGS / "default.yaml"


# One sentence for every mistake


def test_bad_files_are_a_sentence_and_leave_nothing(tmp_path, capsys, files):
    frames = field.frames()
    nmc, members = frames["nmc"], frames["members"]

    def without(**changed):
        folder = field.write(tmp_path / "changed", **changed)
        said = refused(capsys, "import", "--dyad", "2-900", *YEARS, "--data", folder, "--out", tmp_path / "out")
        assert not (tmp_path / "out").exists()
        assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
        return said

    assert "two rows of ccode=2 year=1985" in without(nmc=pd.concat([nmc, nmc.head(1)]))
    assert "cinc: 1.5 (ccode=2 year=1985): must lie in 0..1" in without(nmc=nmc.assign(cinc=1.5))
    assert "must be a number" in without(nmc=nmc.assign(cinc="much"))
    assert "no COW numbers" in without(nmc=nmc.assign(ccode=nmc.ccode + 5000))
    assert "Australia: no CINC" in without(nmc=nmc[nmc.ccode != field.AUS])
    assert "0 members with capabilities" in without(nmc=nmc.assign(year=nmc.year - 100))
    assert "no alliance of at most 12 members" in without(members=members[members.atopid != 3000])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--dyad", "2-900"], "--from FIRST --to LAST"),
        (["--dyad", "2-900", "--years", "1985"], "must be FIRST-LAST"),
        (["--dyad", "2-900", "--from", "2000", "--to", "1985"], "must rise"),
        (["--dyad", "2_900", *YEARS], "joined by a dash"),
        (["--dyad", "2-Austrlia", *YEARS], "did you mean australia?"),
        (["--dyad", "2-2", *YEARS], "no tie with itself"),
        (["--dyad", "2-999", *YEARS], "no state has this COW number"),
        (["--dyad", "2-850", *YEARS], "no alliance of at most 12 members, no larger one for defence"),
        (["--atop", "3001", *YEARS], "the nearest is 3000"),
        (["--atop", "5000", *YEARS, "--mapping", "none"], "none.yaml: no such file"),
        (["--atop", "3000", "--from", "1900", "--to", "1910"], "in force from 1952, not between 1900 and 1910"),
        (["--dyad", "2-900", "--all", *YEARS], "one of --atop NUMBER"),
    ],
)  # fmt: skip
def test_bad_questions_are_a_sentence(tmp_path, capsys, files, arguments, words):
    assert words in refused(capsys, "import", *arguments, "--data", files, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_another_names_the_nearest(tmp_path, capsys, files):
    def given(*arguments):
        return refused(capsys, "import", "--atop", "3000", *YEARS, "--out", tmp_path / "out", *arguments)

    assert "no column ccode" in given("--nmc", files / "members.csv")
    assert "ATOP 5.1, members (atop5_1m) (--members)" in given("--nmc", files / "members.csv")
    assert "no such file" in given("--nmc", files / "none.csv")
    assert "must end in one of" in given("--nmc", files)
    assert "--nmc: missing" in given("--members", files / "members.csv")
    assert "--members: missing" in given("--nmc", files / "nmc.csv")
    (files / "empty.csv").write_text("")
    assert "empty" in given("--nmc", files / "empty.csv")
    (files / "again.csv").write_text((files / "nmc.csv").read_text())
    assert "both hold COW National Material Capabilities; name one with --nmc" in given("--data", files)


def test_a_folder_that_holds_something_is_left_alone(tmp_path, capsys, files):
    said = refused(capsys, "import", "--all", *YEARS, "--data", files, "--out", files)
    assert "exists and is not empty" in said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m["rivalry"].pop("other"), "rivalry.other: missing"),
        (lambda m: m["rivalry"]["other"].pop("because"), "rivalry.other.because: missing"),
        (lambda m: m["rivalry"]["other"].update(value=2), "at most 1"),
        (lambda m: m["clauses"]["consultation"].update(rule="talks"), "must be one of"),
        (lambda m: m.update(rivalries={}), "did you mean rivalry?"),
    ],
)
def test_a_mapping_that_is_wrong_is_a_sentence(tmp_path, change, words):
    own = yaml.safe_load(load_mapping_file().read_text())
    change(own)
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(own))
    with pytest.raises(InputError, match=r"own\.yaml") as told:
        load_mapping(tmp_path / "own.yaml")
    assert words in str(told.value)

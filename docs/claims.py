"""Write docs/claims.md and docs/rivals.md from the declarations and the numbers kept in docs/claims*.csv.

    python docs/claims.py                 write the pages and figures from the numbers kept
    python docs/claims.py --draws 1000    measure first: the model and each rival over so many draws, minutes each

Only the text between `<!-- begin NAME -->` and `<!-- end NAME -->` is made here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from entente import evaluate_claims, hindcast
from entente.evidence.claims import BUILT_IN, CLAIMS, NOT_MODELLED, TESTED
from entente.evidence.claims.charts import claims_figure, rivals_figure
from entente.evidence.claims.report import number, share_before
from entente.evidence.rivals import rival_names
from entente.telling.drawing import images

HERE = Path(__file__).resolve().parent
NUMBERS, PARTS = HERE / "claims.csv", HERE / "claims-parts.csv"
SCORES = HERE / "rivals-record.csv"
PAGE, RIVALS = HERE / "claims.md", HERE / "rivals.md"
MODEL, SEED = "model", 0
RECORD_DRAWS = 500
MARKED = re.compile(r"(<!-- begin ([\w -]+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)
VERDICTS = ("holds", "contested", "fails")


def measure(draws: int) -> None:
    """Put all claims to the model and to each rival, and keep the numbers."""
    found = {}
    for name in (MODEL, *rival_names()):
        found[name] = evaluate_claims(draws, rival=None if name == MODEL else name, seed=SEED)
        print(f"{name}: done", flush=True)
    kept = [evidence.claims.drop(columns="seconds").assign(model=name) for name, evidence in found.items()]
    for path, frame in ((NUMBERS, pd.concat(kept)), (PARTS, found[MODEL].parts)):
        frame.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
    score()


def score() -> None:
    """Score the model and each rival against the record to 2001, and keep the numbers."""
    rows = []
    for name in (MODEL, *rival_names()):
        found = hindcast(draws=RECORD_DRAWS, seed=SEED, rival=None if name == MODEL else name).report()
        for tie, scores in {**found["ties"], "all": found["overall"]}.items():
            rows.append({"model": name, "tie": tie, "rps": scores["rps"], "log_score": scores["log_score"]})
        baselines = found["overall"]
    for name in ("persistence", "base_rate", "ratchet"):
        label = "ratchet, drift fitted" if name == "ratchet" else name.replace("_", " ")
        rows.append(
            {
                "model": label,
                "tie": "all",
                "rps": baselines[f"rps_{name}"],
                "log_score": baselines[f"log_score_{name}"],
            }
        )
    pd.DataFrame(rows).to_csv(SCORES, index=False, float_format="%.6g", lineterminator="\n")


def files() -> dict[Path, str]:
    """The pages as they should be, by path."""
    numbers, parts = pd.read_csv(NUMBERS), pd.read_csv(PARTS)
    own = numbers[numbers["model"] == MODEL].set_index("id")
    made: dict[str, Callable[[], str]] = {
        "summary": lambda: summary(own),
        "table": lambda: table(own),
        "read anew": lambda: anew(numbers, parts),
        "tested claims": lambda: details(own, parts),
        "other claims": untested,
        "rivals": lambda: comparison(numbers),
        "counts": lambda: counts(numbers),
        "record": record,
    }
    return {
        page: MARKED.sub(
            lambda found: f"{found[1]}{made[found[2]]()}\n{found[3]}", page.read_text(encoding="utf-8")
        )
        for page in (PAGE, RIVALS)
    }


def summary(own: pd.DataFrame) -> str:
    kinds = pd.Series([claim.kind for claim in CLAIMS.values()]).value_counts()
    verdicts = own["verdict"].value_counts()
    told = ", ".join(
        f"{verdicts.get(name, 0)} {words}"
        for name, words in zip(VERDICTS, ("hold", "are contested", "fail"), strict=True)
    )
    return (
        f"Of {len(CLAIMS)} claims {kinds[TESTED]} are tested, {kinds[BUILT_IN]} built in and {kinds[NOT_MODELLED]} not "
        f"modelled. Over {int(own['draws'].max()):,} draws from the prior ranges (seed {SEED}): {told}."
    )


def table(own: pd.DataFrame) -> str:
    lines = [
        "| id | claim | share | mean effect | 95 % of the mean | verdict |",
        "| --- | --- | ---: | ---: | --- | --- |",
    ]
    for id_, claim in CLAIMS.items():
        row = own.loc[id_]
        numbers = " | | "
        if claim.kind == TESTED:
            interval = f"{number(row['low'])} to {number(row['high'])}"
            numbers = f"{row['share']:.2f} | {number(row['effect'])} {claim.unit} | {interval}"
        lines.append(f"| {id_} | {claim.words} | {numbers} | {row['verdict']} |")
    return "\n".join(lines)


def anew(numbers: pd.DataFrame, parts: pd.DataFrame) -> str:
    """The claims that are read anew: what changed, the share before and now, and the ratchet's."""
    lines = [
        "| id | as read before | as read now | under the ratchet | verdict now | what changed and why |",
        "| --- | ---: | ---: | ---: | --- | --- |",
    ]
    shares, verdicts = wide(numbers, "share"), wide(numbers, "verdict")
    for id_, claim in CLAIMS.items():
        if claim.anew:
            now, ratchet = shares.loc[id_, [MODEL, "ratchet"]]
            lines.append(
                f"| {id_} | {share_before(parts, id_):.2f} | {now:.2f} | {ratchet:.2f} | {verdicts.loc[id_, MODEL]} | {claim.anew} |"
            )
    return "\n".join(lines)


def details(own: pd.DataFrame, parts: pd.DataFrame) -> str:
    lines = []
    for id_, claim in CLAIMS.items():
        if claim.kind != TESTED:
            continue
        margins = "; ".join(
            f"{row.part} {row.share:.2f}" + ("" if row.required else " (told, not required)")
            for row in parts[parts["id"] == id_].itertuples()
        )
        lines += [
            f"- **{id_}** ({claim.source}; {own.loc[id_, 'verdict']}). {claim.words}",
            f"  *Read as:* {claim.note} *Share of each margin:* {margins}. *Falls with:* {claim.without}.",
        ]
    return "\n".join(lines)


def untested() -> str:
    rows = [claim for claim in CLAIMS.values() if claim.kind != TESTED]
    return "\n".join(
        f"- **{claim.id}** ({claim.source}; {claim.kind}). {claim.words} *{claim.note}*" for claim in rows
    )


def wide(numbers: pd.DataFrame, what: str) -> pd.DataFrame:
    """Tested claims down, the model and its rivals across."""
    tested = [id_ for id_, claim in CLAIMS.items() if claim.kind == TESTED]
    return numbers.pivot(index="id", columns="model", values=what).loc[
        tested, [MODEL, *(name for name in rival_names() if name in set(numbers["model"]))]
    ]


def comparison(numbers: pd.DataFrame) -> str:
    shares, verdicts = wide(numbers, "share"), wide(numbers, "verdict")
    cells = shares.map("{:.2f} ".format) + verdicts
    cells.insert(0, "claim", [CLAIMS[id_].words for id_ in cells.index])
    return markdown(cells)


def counts(numbers: pd.DataFrame) -> str:
    verdicts = wide(numbers, "verdict")
    holding = verdicts.eq("holds")
    rows = pd.DataFrame({verdict: verdicts.eq(verdict).sum() for verdict in VERDICTS})
    alone = holding.sum(axis=1) == 1
    rows["holds in no other"] = [", ".join(verdicts.index[alone & holding[name]]) or "none" for name in rows.index]
    both = verdicts.index[holding[MODEL] & holding["ratchet"]]
    beaten = verdicts.index[holding[MODEL] & ~holding.drop(columns=MODEL).any(axis=1)]
    return markdown(rows) + (
        f"\n\nOf the {holding[MODEL].sum()} claims that hold in the model, {len(both)} hold under the ratchet too "
        f"({', '.join(both)}). The ratchet knows no threat and no package, so these are no evidence that either moves a tie. "
        f"{len(beaten)} hold under no rival at all."
    )


def record() -> str:
    """Scores against the record: a model a row, a tie a column."""
    kept = pd.read_csv(SCORES)
    wide_ = kept.pivot(index="model", columns="tie", values="rps").loc[kept["model"].drop_duplicates()]
    ties = [tie for tie in kept["tie"].drop_duplicates() if tie != "all"]
    cells = wide_[[*ties, "all"]].map(lambda value: "" if pd.isna(value) else f"{value:.3f}")
    logs = kept[kept["tie"] == "all"].set_index("model")["log_score"]
    cells["log score, all"] = [f"{logs[name]:.2f}" for name in cells.index]
    return markdown(cells)


def markdown(frame: pd.DataFrame) -> str:
    """A frame as a table, its index first."""
    rows = [["", *frame.columns], ["---"] * (len(frame.columns) + 1)]
    rows += [[name, *cells] for name, cells in zip(frame.index, frame.to_numpy().tolist(), strict=True)]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows)


def draw() -> None:
    """The figures of both pages, from the numbers kept."""
    numbers = pd.read_csv(NUMBERS)
    own = numbers[numbers["model"] == MODEL].reset_index(drop=True)
    figures = {
        "claims": claims_figure(own),
        "rivals": rivals_figure(wide(numbers, "share"), wide(numbers, "verdict")),
    }
    for name, figure in figures.items():
        (HERE / f"{name}.svg").write_bytes(images(figure)["svg"])


def main() -> None:
    arguments = sys.argv[1:]
    if arguments:
        if arguments[0] != "--draws" or len(arguments) != 2 or not arguments[1].isdigit():
            sys.exit("usage: python docs/claims.py [--draws N]")
        measure(int(arguments[1]))
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
    draw()


if __name__ == "__main__":
    main()

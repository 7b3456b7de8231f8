"""Groups of factors, read from where each parameter is declared."""

from __future__ import annotations

from entente.errors import InputError, nearest, shown
from entente.month.declare import declared
from entente.schema.behaviour import Behaviour
from entente.schema.scenario import Scenario
from entente.schema.study import DUMMY, Study

OTHER = "other"
_PARTS = {"articles": "articles", "sources": "threat", "exposure": "threat", "powers": "outside power"}
"""Group of what stands below a part of a scenario and declares none itself; the first that fits."""


def declared_group(path: str, scenario: Scenario | None = None) -> str:
    """The group of a dotted path: that of its declaration, or of the part of the scenario that holds it.

    `scenario` may bring mechanisms, and so parameters, of its own.
    """
    parts = path.split(".")
    if path == DUMMY:
        return DUMMY
    fields = (Behaviour if scenario is None else type(scenario.behaviour)).model_fields
    if parts[0] == "behaviour" and len(parts) == 2 and parts[1] in fields:
        return str(declared(fields[parts[1]], "group"))
    return next((group for part, group in _PARTS.items() if part in parts), OTHER)


def with_groups(study: Study, scenario: Scenario) -> Study:
    """A study whose declared groups are named, as the mechanisms of its scenario declare them."""
    if study.analysis is None or study.analysis.groups != "declared":
        return study
    named: dict[str, list[str]] = {}
    for path in study.sampled:
        if path != DUMMY:
            named.setdefault(declared_group(path, scenario), []).append(path)
    analysis = study.analysis.model_copy(update={"groups": named})
    return study.model_copy(update={"analysis": analysis})


def study_groups(study: Study) -> list[str] | None:
    """The group that each sampled factor moves with, in their order; None where each moves alone.

    A factor in no named group is a group of its own. Raises `InputError` for a group that names what is
    no factor, or a factor twice, or that has the name of one.
    """
    wanted = study.analysis.groups if study.analysis is not None else "none"
    if wanted == "none":
        return None
    if wanted == "declared":
        return [declared_group(name) for name in study.sampled]
    assert isinstance(wanted, dict)
    of: dict[str, str] = {}
    for group, members in wanted.items():
        if group in study.sampled:
            raise InputError(f"analysis.groups.{group}: is the name of a factor; a group needs one of its own")
        for member in members:
            if member not in study.sampled:
                raise InputError(
                    f"analysis.groups.{group}: {shown(member)}: no factor of this study{nearest(member, study.sampled)}"
                )
            if member in of:
                raise InputError(f"analysis.groups.{group}: {shown(member)}: is in {of[member]} already")
            of[member] = group
    return [of.get(name, name) for name in study.sampled]


def moved(study: Study) -> list[str]:
    """What an analysis gives indices to: the factors, or the groups in the order of their first factors."""
    return list(dict.fromkeys(study_groups(study) or study.sampled))

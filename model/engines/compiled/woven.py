"""What mechanisms do at each place, as kernels that are compiled into the month.

A month is compiled for one set of mechanisms. The set is told to the compiler as a type of its own, `plan.terms`,
whose attributes are the functions of the places: `plan.terms.linkage(t, plan, num, now)`.
"""

from __future__ import annotations

from functools import lru_cache
from math import floor, sqrt
from typing import Any

from numba import types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)

from entente.agents.equation import where
from entente.agents.interest import supplied_help
from entente.month.gather import Mechanisms
from entente.month.weave import COMPILED, weave

from .kernel import kernel, places
from .layout import numbers_of_core_and, state_of_core_and
from .seating import neighbour_threat, provider_contribution, quarrel_of, rift_shock
from .tables import get, put
from .vector import spread


class Woven:
    """The functions of all places, by name."""

    def __init__(self, mechanisms: Mechanisms) -> None:
        self.digest = mechanisms.digest
        known = {
            "get": get, "put": put, "supplied_help": supplied_help, "where": where, "spread": spread, "floor": floor, "sqrt": sqrt, "kernel": kernel,
            "neighbour_threat": neighbour_threat, "provider_contribution": provider_contribution,
            "quarrel_of": quarrel_of, "rift_shock": rift_shock,
            "AT": places("AT", state_of_core_and(mechanisms).values()),
            "OF": places("OF", numbers_of_core_and(mechanisms).values()),
            "DIAL": places("DIAL", [mechanisms.dials]),
            "SWITCH": places("SWITCH", [mechanisms.switches]),
            "CONSTANT": places("CONSTANT", [mechanisms.constants]),
        }  # fmt: skip
        self.__dict__.update(weave(mechanisms, COMPILED, known))
        _by_digest[self.digest] = self


_by_digest: dict[str, Woven] = {}


@lru_cache(maxsize=64)
def woven(mechanisms: Mechanisms) -> Woven:
    """What a set of mechanisms does at each place."""
    return Woven(mechanisms)


class WovenType(types.Type):
    """The type of a set: by its digest, so that a compiled month is found again."""

    def __init__(self, digest: str) -> None:
        self.digest = digest
        super().__init__(f"woven({digest})")


register_model(WovenType)(models.OpaqueModel)


@typeof_impl.register(Woven)
def _type_of(value: Woven, context: Any) -> WovenType:
    return WovenType(value.digest)


@unbox(WovenType)
def _unbox(kind: Any, value: Any, context: Any) -> NativeValue:
    return NativeValue(context.context.get_dummy_value())


@infer_getattr
class _Attributes(AttributeTemplate):
    key = WovenType

    def generic_resolve(self, kind: WovenType, name: str) -> Any:
        function = getattr(_by_digest[kind.digest], name, None)
        return None if function is None else types.Dispatcher(function)


@lower_getattr_generic(WovenType)
def _attribute(context: Any, builder: Any, kind: Any, value: Any, name: str) -> Any:
    return context.get_dummy_value()

"""Numbers of several runs as one number: a compiled kernel computes with sixteen runs at a time.

They are added, compared and chosen from like single numbers, so that an equation written for one run serves
for sixteen. Uncompiled (`NUMBA_DISABLE_JIT=1`) there is one run at a time, and a number is one of numpy's, which
divide by 0 as compiled ones do: a choice may leave the result unread.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin, models, register_model

from entente.agents.equation import where

WIDTH = 1 if config.DISABLE_JIT else 16
"""Runs that are computed together: the numbers of two of the widest instructions."""

NUMBERS = ir.VectorType(ir.DoubleType(), WIDTH)
_CHOICES = ir.VectorType(ir.IntType(1), WIDTH)


class _Runs(types.Type):
    """A number of each run."""


class _Choice(types.Type):
    """Yes or no for each run."""


RUNS, CHOICE = _Runs("runs"), _Choice("choice")


@register_model(_Runs)
class _RunsModel(models.PrimitiveModel):
    def __init__(self, manager: Any, fe_type: Any) -> None:
        super().__init__(manager, fe_type, NUMBERS)


@register_model(_Choice)
class _ChoiceModel(models.PrimitiveModel):
    def __init__(self, manager: Any, fe_type: Any) -> None:
        super().__init__(manager, fe_type, _CHOICES)


def some(choice: Any) -> bool:
    """Whether the choice is yes in any run."""
    return bool(choice)


def neither(choice: Any) -> Any:
    """Yes where the choice is no."""
    return not choice


def spread(value: float) -> Any:
    """The same number for every run."""
    return np.float64(value)


def as_runs(context: Any, builder: Any, value: Any, kind: Any) -> Any:
    """A value as numbers of the runs."""
    if kind == RUNS:
        return value
    single = context.cast(builder, value, kind, types.float64)
    first = builder.insert_element(ir.Constant(NUMBERS, ir.Undefined), single, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(
        first, ir.Constant(NUMBERS, ir.Undefined), ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), None)
    )


def _all_choices(context: Any, builder: Any, value: Any, kind: Any) -> Any:
    """A truth value as a choice of the runs."""
    if kind == CHOICE:
        return value
    single = context.cast(builder, value, kind, types.boolean)
    bit = builder.trunc(single, ir.IntType(1)) if single.type.width > 1 else single
    first = builder.insert_element(ir.Constant(_CHOICES, ir.Undefined), bit, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(
        first, ir.Constant(_CHOICES, ir.Undefined), ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), None)
    )


def is_number(kind: Any) -> bool:
    return kind == RUNS or isinstance(kind, (types.Float, types.Integer, types.Literal))


def _declare(operation: Any, result: Any, build: Callable[[Any, list[Any]], Any]) -> None:
    """Let `operation` work on numbers of runs, or on theirs and single ones."""

    @infer_global(operation)
    class _Typing(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            if not kws and any(kind == RUNS for kind in args) and all(map(is_number, args)):
                return signature(result, *args)
            return None

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return build(builder, [as_runs(context, builder, a, k) for a, k in zip(args, sig.args, strict=True)])

    for kinds in ((RUNS, RUNS), (RUNS, types.Number), (types.Number, RUNS), (RUNS,)):
        lower_builtin(operation, *kinds)(lower)
    for kinds in ((RUNS, types.IntegerLiteral), (types.IntegerLiteral, RUNS)):
        lower_builtin(operation, *kinds)(lower)


def _compare(symbol: str) -> Callable[[Any, list[Any]], Any]:
    # Unordered "not equal", as in Python; no number here is ever missing.
    if symbol == "!=":
        return lambda builder, values: builder.fcmp_unordered(symbol, *values)
    return lambda builder, values: builder.fcmp_ordered(symbol, *values)


def _call(name: str) -> Callable[[Any, list[Any]], Any]:
    def build(builder: Any, values: list[Any]) -> Any:
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(NUMBERS, [NUMBERS]), f"llvm.{name}.v{WIDTH}f64"
        )
        return builder.call(function, values)

    return build


_declare(operator.add, RUNS, lambda builder, v: builder.fadd(*v))
_declare(operator.sub, RUNS, lambda builder, v: builder.fsub(*v))
_declare(operator.mul, RUNS, lambda builder, v: builder.fmul(*v))
_declare(operator.truediv, RUNS, lambda builder, v: builder.fdiv(*v))
_declare(operator.iadd, RUNS, lambda builder, v: builder.fadd(*v))
_declare(operator.neg, RUNS, lambda builder, v: builder.fneg(*v))
_declare(math.sqrt, RUNS, _call("sqrt"))
_declare(math.floor, RUNS, _call("floor"))
# As in Python, the first stays unless the second is strictly more (less).
_declare(max, RUNS, lambda builder, v: builder.select(builder.fcmp_ordered(">", v[1], v[0]), v[1], v[0]))
_declare(min, RUNS, lambda builder, v: builder.select(builder.fcmp_ordered("<", v[1], v[0]), v[1], v[0]))
for _operation, _symbol in (
    (operator.lt, "<"), (operator.le, "<="), (operator.gt, ">"), (operator.ge, ">="),
    (operator.eq, "=="), (operator.ne, "!="),
):  # fmt: skip
    _declare(_operation, CHOICE, _compare(_symbol))


@infer_global(operator.and_)
@infer_global(operator.or_)
class _Both(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if len(args) == 2 and CHOICE in args and all(k == CHOICE or isinstance(k, types.Boolean) for k in args):
            return signature(CHOICE, *args)
        return None


def _lower_both(build: Callable[[Any, Any, Any], Any]) -> Callable[..., Any]:
    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        a, b = (_all_choices(context, builder, v, k) for v, k in zip(args, sig.args, strict=True))
        return build(builder, a, b)

    return lower


for _kinds in ((CHOICE, CHOICE), (CHOICE, types.Boolean), (types.Boolean, CHOICE)):
    lower_builtin(operator.and_, *_kinds)(_lower_both(lambda builder, a, b: builder.and_(a, b)))
    lower_builtin(operator.or_, *_kinds)(_lower_both(lambda builder, a, b: builder.or_(a, b)))


@infer_global(neither)
class _Neither(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(CHOICE, CHOICE) if args == (CHOICE,) else None


@lower_builtin(neither, CHOICE)
def _lower_neither(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.not_(args[0])


@infer_global(some)
class _Some(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(types.boolean, CHOICE) if args == (CHOICE,) else None


@lower_builtin(some, CHOICE)
def _lower_some(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    bits = builder.bitcast(args[0], ir.IntType(WIDTH))
    return builder.icmp_unsigned("!=", bits, ir.Constant(ir.IntType(WIDTH), 0))


@infer_global(spread)
class _Spread(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(RUNS, *args) if len(args) == 1 and is_number(args[0]) else None


@lower_builtin(spread, types.Any)
def _lower_spread(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return as_runs(context, builder, args[0], sig.args[0])


@infer_global(where)
class _Where(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if len(args) == 3 and args[0] == CHOICE and all(map(is_number, args[1:])):
            return signature(RUNS, *args)
        return None


@lower_builtin(where, CHOICE, types.Any, types.Any)
def _lower_where(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    yes, no = (as_runs(context, builder, v, k) for v, k in zip(args[1:], sig.args[1:], strict=True))
    return builder.select(args[0], yes, no)

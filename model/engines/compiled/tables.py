"""Arrays as compiled kernels see them: an address and the lengths of the axes, nothing to count or to free.

numba counts the references to every array and every part of one, by an atomic operation that takes longer than
most of what a kernel does. A table counts nothing: it is only valid while the arrays behind it are held, which
the caller of a compiled function does. Uncompiled, a table is the array itself.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin, models, register_model

from entente.world.draws import Floats

from .vector import NUMBERS, RUNS, WIDTH, as_runs, is_number

LINE = 64
"""Bytes of a cache line."""


def aligned_zeros(shape: tuple[int, ...]) -> Floats:
    """An array of zeros that begins where a cache line does, so that the runs of a tile lie within one."""
    size = int(np.prod(shape))
    spare = LINE // np.dtype(float).itemsize
    memory = np.zeros(size + spare)
    start = -memory.ctypes.data % LINE // memory.itemsize
    return memory[start : start + size].reshape(shape)


def tables(holder: Any) -> Any:
    """A named tuple with its arrays as tables."""
    return holder


def table(array: Any) -> Any:
    """A contiguous array as a table."""
    return array


def carve(rows: Any, start: int, *shape: int) -> Any:
    """The rows from `start` on as a table of the given shape, whose last axis is the runs."""
    return rows[start : start + int(np.prod(shape))].reshape(*shape, WIDTH)


def get(array: Any, *index: int) -> Any:
    """The numbers of the runs at a place of a table: `get(now.t, AT.depth, t)`."""
    return array[index][0]


def put(array: Any, value: Any, *index: int) -> None:
    """Write the numbers of the runs at a place of a table."""
    array[index] = value


def pick(array: Any, rows: Any, alike: bool, *index: int) -> Any:
    """Each run's own number, of a table whose first axis is replicates: `rows` says whose a run hears.

    Where all runs hear the same (`alike`) the number is read once.
    """
    return array[(rows[0], *index)]


class Table(types.Type):
    """Type of a table: the type of its entries and how many axes it has."""

    def __init__(self, dtype: Any, ndim: int) -> None:
        self.dtype, self.ndim = dtype, ndim
        super().__init__(f"table({dtype}, {ndim})")


@register_model(Table)
class _TableModel(models.StructModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        members = [("data", types.CPointer(kind.dtype))]
        members += [(f"n{axis}", types.intp) for axis in range(kind.ndim)]
        super().__init__(manager, kind, members)


def _type_of(array: Any) -> Any:
    return Table(array.dtype, array.ndim) if isinstance(array, types.Array) and array.layout == "C" else array


def _made(context: Any, builder: Any, kind: Any, data: Any, lengths: Any) -> Any:
    made = cgutils.create_struct_proxy(kind)(context, builder)
    made.data = data
    for axis, length in enumerate(lengths):
        setattr(made, f"n{axis}", length)
    return made._getvalue()


def _from_array(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    array = context.make_array(kind)(context, builder, value)
    return _made(
        context, builder, _type_of(kind), array.data, cgutils.unpack_tuple(builder, array.shape, kind.ndim)
    )


@infer_global(table)
class _Tabled(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(_type_of(args[0]), *args)


@lower_builtin(table, types.Array)
def _lower_table(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return _from_array(context, builder, sig.args[0], args[0])


@infer_global(tables)
class _AllTabled(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        (held,) = args
        return signature(types.BaseTuple.from_types([_type_of(kind) for kind in held], held.instance_class), held)


@lower_builtin(tables, types.BaseNamedTuple)
def _lower_tables(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    (held,) = sig.args
    entries = cgutils.unpack_tuple(builder, args[0], len(held))
    made = [
        value if _type_of(kind) == kind else _from_array(context, builder, kind, value)
        for kind, value in zip(held, entries, strict=True)
    ]
    return context.make_tuple(builder, sig.return_type, made)


def _parts(context: Any, builder: Any, kind: Any, value: Any) -> tuple[Any, list[Any]]:
    """Address and lengths of a table."""
    held = cgutils.create_struct_proxy(kind)(context, builder, value=value)
    return held.data, [getattr(held, f"n{axis}") for axis in range(kind.ndim)]


def _address(context: Any, builder: Any, kind: Any, value: Any, index: Any, kinds: Any) -> Any:
    """Where the entry stands, or where the part begins, that some first indices name."""
    data, lengths = _parts(context, builder, kind, value)
    at = ir.Constant(ir.IntType(64), 0)
    for axis in range(kind.ndim):
        at = builder.mul(at, lengths[axis])
        if axis < len(index):
            at = builder.add(at, context.cast(builder, index[axis], kinds[axis], types.intp))
    return builder.gep(data, [at])


def _indices(context: Any, builder: Any, kind: Any, value: Any) -> tuple[Any, Any]:
    if isinstance(kind, types.BaseTuple):
        return cgutils.unpack_tuple(builder, value, len(kind)), list(kind)
    return [value], [kind]


def _places(kind: Any) -> int:
    """How many whole numbers an index is made of; 0 for any other index."""
    entries = list(kind) if isinstance(kind, types.BaseTuple) else [kind]
    return len(entries) if all(isinstance(types.unliteral(entry), types.Integer) for entry in entries) else 0


@infer_global(operator.getitem)
class _Entry(AbstractTemplate):
    """A full index gives the entry, a shorter one the table of what it leaves open."""

    def generic(self, args: Any, kws: Any) -> Any:
        held, index = args
        if not isinstance(held, Table) or not 0 < _places(index) <= held.ndim:
            return None
        left = held.ndim - _places(index)
        return signature(Table(held.dtype, left) if left else held.dtype, held, index)


@lower_builtin(operator.getitem, Table, types.Any)
def _lower_entry(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    kind = sig.args[0]
    index, kinds = _indices(context, builder, sig.args[1], args[1])
    address = _address(context, builder, kind, args[0], index, kinds)
    if not isinstance(sig.return_type, Table):
        return builder.load(address)
    return _made(
        context, builder, sig.return_type, address, _parts(context, builder, kind, args[0])[1][len(index) :]
    )


@infer_global(operator.setitem)
class _SetEntry(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        held, index, value = args
        if isinstance(held, Table) and _places(index) == held.ndim and isinstance(value, types.Number):
            return signature(types.none, held, index, value)
        return None


@lower_builtin(operator.setitem, Table, types.Any, types.Any)
def _lower_set_entry(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    kind = sig.args[0]
    index, kinds = _indices(context, builder, sig.args[1], args[1])
    value = context.cast(builder, args[2], sig.args[2], kind.dtype)
    builder.store(value, _address(context, builder, kind, args[0], index, kinds))
    return context.get_dummy_value()


@infer_global(len)
class _Length(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(types.intp, *args) if isinstance(args[0], Table) else None


@lower_builtin(len, Table)
def _lower_length(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return _parts(context, builder, sig.args[0], args[0])[1][0]


@infer_global(carve)
class _Carve(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(Table(args[0].dtype, len(args) - 1), args[0], *map(types.unliteral, args[1:]))


@lower_builtin(carve, Table, types.VarArg(types.Any))
def _lower_carve(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    start, *shape = [
        context.cast(builder, value, kind, types.intp) for value, kind in zip(args[1:], sig.args[1:], strict=True)
    ]
    runs = context.get_constant(types.intp, WIDTH)
    address = _address(context, builder, sig.args[0], args[0], [start], [types.intp])
    return _made(context, builder, sig.return_type, address, [*shape, runs])


def _runs_at(context: Any, builder: Any, kind: Any, value: Any, index: Any, kinds: Any) -> Any:
    """Where the numbers of the runs stand; their axis is the last and its length known."""
    data, lengths = _parts(context, builder, kind, value)
    at = ir.Constant(ir.IntType(64), 0)
    for axis, (one, of) in enumerate(zip(index, kinds, strict=True)):
        at = builder.mul(at, lengths[axis]) if axis else at
        at = builder.add(at, context.cast(builder, one, of, types.intp))
    return builder.gep(builder.bitcast(data, NUMBERS.as_pointer()), [at])


@infer_global(get)
class _Get(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        held, index = args[0], [types.unliteral(kind) for kind in args[1:]]
        return signature(RUNS, held, *index) if isinstance(held, Table) and held.ndim == len(index) + 1 else None


@lower_builtin(get, Table, types.VarArg(types.Any))
def _lower_get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    read = builder.load(_runs_at(context, builder, sig.args[0], args[0], args[1:], sig.args[1:]))
    read.align = np.dtype(float).alignment
    return read


@infer_global(put)
class _Put(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        held, index = args[0], [types.unliteral(kind) for kind in args[2:]]
        if isinstance(held, Table) and held.ndim == len(index) + 1 and is_number(args[1]):
            return signature(types.none, held, types.unliteral(args[1]), *index)
        return None


@lower_builtin(put, Table, types.Any, types.VarArg(types.Any))
def _lower_put(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    address = _runs_at(context, builder, sig.args[0], args[0], args[2:], sig.args[2:])
    builder.store(as_runs(context, builder, args[1], sig.args[1]), address).align = np.dtype(float).alignment
    return context.get_dummy_value()


@infer_global(pick)
class _Pick(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(RUNS, *args[:3], *map(types.unliteral, args[3:]))


@lower_builtin(pick, Table, Table, types.Boolean, types.VarArg(types.Any))
def _lower_pick(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    kinds = [types.intp, *sig.args[3:]]

    def number_of(z: int) -> Any:
        place = context.get_constant(types.intp, z)
        row = builder.load(_address(context, builder, sig.args[1], args[1], [place], [types.intp]))
        return builder.load(_address(context, builder, sig.args[0], args[0], [row, *args[3:]], kinds))

    alike = context.cast(builder, args[2], types.boolean, types.boolean)
    found = cgutils.alloca_once(builder, NUMBERS)
    with builder.if_else(cgutils.is_true(builder, alike)) as (same, differing):
        with same:
            builder.store(as_runs(context, builder, number_of(0), types.float64), found)
        with differing:
            own = ir.Constant(NUMBERS, ir.Undefined)
            for z in range(WIDTH):
                own = builder.insert_element(own, number_of(z), ir.Constant(ir.IntType(32), z))
            builder.store(own, found)
    return builder.load(found)

"""What a mechanism's function may do: algebra that gives the same last bit, interpreted and compiled."""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

from entente.agents.equation import where
from entente.errors import InputError

from .mechanism import Mechanism

CALLS = ("sqrt", "min", "max", "where", "floor")
_STATEMENTS = (ast.FunctionDef, ast.Return, ast.Assign, ast.Expr)
_OPERATIONS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.BitAnd, ast.BitOr)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_REASONS: dict[type, str] = {
    ast.Pow: "`**` differs in the last bit between the engines; multiply",
    ast.FloorDiv: "`//` is not among + - * /; use floor",
    ast.Mod: "`%` is not among + - * /; use floor",
    ast.MatMult: "`@` is not among + - * /",
    ast.IfExp: "`if` chooses for one run, not for many side by side; use where(condition, yes, no)",
    ast.If: "`if` chooses for one run, not for many side by side; use where(condition, yes, no)",
    ast.BoolOp: "`and`, `or` choose for one run; join conditions by & and |, each in parentheses",
    ast.Not: "`not` chooses for one run; turn the comparison round",
    ast.For: "a loop is not algebra; declare a sum (sum_over)",
    ast.While: "a loop is not algebra",
    ast.Import: "imports stand at the top of the file",
    ast.ImportFrom: "imports stand at the top of the file",
}


def check_algebra(one: Mechanism, around: Mapping[str, Any]) -> None:
    """Raise `InputError`, one sentence, where a function of a mechanism does what the engines cannot do alike."""
    for function in one.functions:
        _check(one, function, around)


def _check(one: Mechanism, function: Callable[..., Any], around: Mapping[str, Any]) -> None:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    known = {argument.arg for argument in definition.args.args}
    known |= {n.id for n in ast.walk(definition) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    at = f"{one.name}: {function.__name__}"
    if not ast.get_docstring(definition):
        raise InputError(f"{at}: has no docstring; say in it what the function is, as a formula")
    for statement in definition.body:
        if isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Constant):
            raise InputError(f"{at}: {ast.unparse(statement)}: does nothing with its result")
        for node in ast.walk(statement):
            _check_node(at, node, known, around)


def _check_node(at: str, node: ast.AST, known: set[str], around: Mapping[str, Any]) -> None:
    shown = " ".join(ast.unparse(node).split()) if isinstance(node, ast.expr | ast.stmt) else type(node).__name__
    if type(node) in _REASONS:
        raise InputError(f"{at}: {shown}: {_REASONS[type(node)]}")
    if isinstance(node, ast.stmt) and not isinstance(node, _STATEMENTS):
        raise InputError(f"{at}: {shown}: only assignments and a return")
    if isinstance(node, ast.BinOp) and not isinstance(node.op, _OPERATIONS):
        raise InputError(f"{at}: {shown}: {_REASONS.get(type(node.op), 'is not among + - * /')}")
    if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.USub | ast.UAdd):
        raise InputError(f"{at}: {shown}: {_REASONS.get(type(node.op), 'is not among + - * /')}")
    if isinstance(node, ast.Compare) and (len(node.ops) != 1 or not isinstance(node.ops[0], _COMPARISONS)):
        raise InputError(f"{at}: {shown}: compare two numbers at a time; join comparisons by & and |")
    if isinstance(node, ast.Call):
        _check_call(at, shown, node, around)
    elif isinstance(node, ast.Attribute | ast.Subscript | ast.List | ast.Dict | ast.Tuple | ast.Lambda):
        raise InputError(f"{at}: {shown}: plain numbers only")
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in known:
        value = around.get(node.id)
        if (
            node.id not in CALLS
            and not isinstance(value, float | int)
            and not getattr(value, "is_equation", False)
        ):
            raise InputError(f"{at}: {node.id}: is neither an argument nor a number of the file")


def _check_call(at: str, shown: str, node: ast.Call, around: Mapping[str, Any]) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    allowed = {"min": min, "max": max, "where": where, "sqrt": math.sqrt, "floor": math.floor}
    if name in allowed and around.get(name, allowed[name]) is allowed[name]:
        return
    if getattr(around.get(name), "is_equation", False):
        return
    called = ast.unparse(node.func)
    raise InputError(
        f"{at}: {shown}: {called} may differ in the last bit between the engines, or is unknown to one; "
        f"{', '.join(CALLS)} and functions marked @equation can be called"
    )

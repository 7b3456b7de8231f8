"""What a mechanism's function may do: algebra that gives the same last bit, interpreted and compiled.

Compiled, a number stands for many runs side by side and a comparison for a choice in each of them. So the two are told
apart here: numbers are computed with, comparisons are joined by `&` and `|` and handed to `where`.
"""

from __future__ import annotations

import ast
import inspect
import math
import sys
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

from entente.agents.equation import where
from entente.errors import InputError, nearest

from .mechanism import Mechanism

CALLS: dict[str, tuple[Callable[..., Any], int]] = {
    "sqrt": (math.sqrt, 1),
    "min": (min, 2),
    "max": (max, 2),
    "where": (where, 3),
    "floor": (math.floor, 1),
}
"""What may be called besides equations, and with how many arguments."""
_IMPORTS = {"sqrt": "math", "floor": "math", "where": "entente.agents.equation"}
_NUMBER, _CHOICE = "a number", "a comparison"
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_JOINING = (ast.BitAnd, ast.BitOr)
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
    ast.UAdd: "`+` before a number does nothing",
    ast.Invert: "`~` is not among + - * /; turn the comparison round",
    ast.For: "a loop is not algebra; declare a sum (sum_over)",
    ast.While: "a loop is not algebra",
    ast.Import: "imports stand at the top of the file",
    ast.ImportFrom: "imports stand at the top of the file",
}


def check_algebra(one: Mechanism, around: Mapping[str, Any]) -> None:
    """Raise `InputError`, one sentence, where a function of a mechanism does what the engines cannot do alike.

    `around` holds the names of the file in which the functions stand.
    """
    for function in one.functions:
        _Function(one.name, function, around, ()).check()


class _Function:
    """One function while it is read: what is known in it, and of which kind."""

    def __init__(
        self, owner: str, function: Callable[..., Any], around: Mapping[str, Any], callers: tuple[Any, ...]
    ) -> None:
        self.owner, self.function, self.around, self.callers = owner, function, around, callers
        self.at = f"{owner}: {getattr(function, '__name__', 'a term')}"
        self.known: dict[str, str] = {}

    def check(self) -> None:
        definition = self._definition()
        self._arguments(definition.args)
        if not ast.get_docstring(definition):
            raise InputError(f"{self.at}: has no docstring; say in it what the function is, as a formula")
        for statement in definition.body[1:-1]:
            self._statement(statement)
        last = definition.body[-1]
        if not isinstance(last, ast.Return) or last.value is None:
            if isinstance(last, ast.stmt) and type(last) in _REASONS:
                raise InputError(f"{self.at}: {_text(last)}: {_REASONS[type(last)]}")
            raise InputError(f"{self.at}: must end by returning a number")
        if self._kind(last.value) != _NUMBER:
            raise InputError(
                f"{self.at}: {_text(last.value)}: is a comparison; return where({_text(last.value)}, 1.0, 0.0)"
            )

    def _definition(self) -> ast.FunctionDef:
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(self.function)))
        except (OSError, TypeError, SyntaxError):
            raise InputError(f"{self.at}: its text cannot be read; write it as a `def` in a file") from None
        definition = tree.body[0]
        if not isinstance(definition, ast.FunctionDef):
            raise InputError(f"{self.at}: must be written as a `def`")
        return definition

    def _arguments(self, given: ast.arguments) -> None:
        if given.defaults or given.kwonlyargs or given.vararg or given.kwarg:
            raise InputError(f"{self.at}: its arguments are words, without defaults or stars")
        for argument in (*given.posonlyargs, *given.args):
            self.known[argument.arg] = _NUMBER

    def _statement(self, node: ast.stmt) -> None:
        if type(node) in _REASONS:
            raise InputError(f"{self.at}: {_text(node)}: {_REASONS[type(node)]}")
        if isinstance(node, ast.Expr):
            raise InputError(f"{self.at}: {_text(node)}: does nothing with its result")
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
            raise InputError(f"{self.at}: {_text(node)}: only assignments to one name, and a return at the end")
        name, kind = node.targets[0].id, self._kind(node.value)
        if self.known.setdefault(name, kind) != kind:
            raise InputError(f"{self.at}: {_text(node)}: {name} was {self.known[name]} before; take another name")

    def _kind(self, node: ast.expr) -> str:
        """Whether an expression is a number or a comparison."""
        text = _text(node)
        if type(node) in _REASONS:
            raise InputError(f"{self.at}: {text}: {_REASONS[type(node)]}")
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return _NUMBER
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.UnaryOp):
            if not isinstance(node.op, ast.USub):
                raise InputError(f"{self.at}: {text}: {_REASONS[type(node.op)]}")
            return self._must_be(_NUMBER, node.operand, text)
        if isinstance(node, ast.BinOp):
            if not isinstance(node.op, (*_ARITHMETIC, *_JOINING)):
                raise InputError(f"{self.at}: {text}: {_REASONS.get(type(node.op), 'is not among + - * /')}")
            kind = _NUMBER if isinstance(node.op, _ARITHMETIC) else _CHOICE
            for side in (node.left, node.right):
                self._must_be(kind, side, text)
            return kind
        if isinstance(node, ast.Compare):
            if len(node.ops) != 1 or not isinstance(node.ops[0], _COMPARISONS):
                raise InputError(f"{self.at}: {text}: compare two numbers at a time; join comparisons by & and |")
            for side in (node.left, node.comparators[0]):
                self._must_be(_NUMBER, side, text)
            return _CHOICE
        raise InputError(f"{self.at}: {text}: plain numbers only")

    def _must_be(self, kind: str, node: ast.expr, text: str) -> str:
        found = self._kind(node)
        if found == kind:
            return kind
        if kind == _NUMBER:
            raise InputError(
                f"{self.at}: {text}: {_text(node)} is a comparison, not a number; use where(condition, yes, no)"
            )
        raise InputError(
            f"{self.at}: {text}: {_text(node)} is a number, not a comparison; compare it, as in ({_text(node)} > 0.0)"
        )

    def _name(self, name: str) -> str:
        if name in self.known:
            return self.known[name]
        value = self.around.get(name)
        if isinstance(value, bool) or not isinstance(value, float | int):
            raise InputError(
                f"{self.at}: {name}: is neither an argument nor a number of the file{nearest(name, self.known)}"
            )
        return _NUMBER

    def _call(self, node: ast.Call) -> str:
        name, text = ast.unparse(node.func), _text(node)
        if node.keywords or any(isinstance(given, ast.Starred) for given in node.args):
            raise InputError(f"{self.at}: {text}: give the arguments of {name} one after the other")
        called = self.around.get(name)
        if name in CALLS:
            whole, count = CALLS[name]
            if called is None and name in _IMPORTS:
                raise InputError(
                    f"{self.at}: {text}: {name} is not imported; write: from {_IMPORTS[name]} import {name}"
                )
            if called is None or called is whole:
                self._given(node, text, name, count)
                return _NUMBER
        if getattr(called, "is_equation", False):
            self._equation(called)
            self._given(node, text, name, len(inspect.signature(called).parameters))  # type: ignore[arg-type]
            return _NUMBER
        raise InputError(
            f"{self.at}: {text}: {name} may differ in the last bit between the engines, or is unknown to one; "
            f"{', '.join(CALLS)} and functions marked @equation can be called"
        )

    def _given(self, node: ast.Call, text: str, name: str, count: int) -> None:
        if len(node.args) != count:
            raise InputError(f"{self.at}: {text}: {name} takes {count} arguments, not {len(node.args)}")
        for position, given in enumerate(node.args):
            self._must_be(_CHOICE if name == "where" and position == 0 else _NUMBER, given, text)

    def _equation(self, called: Any) -> None:
        """What is called must be algebra too; the equations of the package are."""
        module = str(called.__module__)
        if module.startswith("entente."):
            return
        if called in self.callers:
            raise InputError(f"{self.at}: {called.__name__} calls itself")
        around = vars(sys.modules[module]) if module in sys.modules else called.__globals__
        _Function(self.owner, called, around, (*self.callers, called)).check()


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())

"""One planted fault: where, what instead of what, and which tests must fail with it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path


class Unplantable(Exception):
    """The fault's row does not fit the source any more: the row must follow the code."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake to plant. No line numbers: the symbol and the text find the place, wherever it moves in its file."""

    symbol: str  #: `package.module`, `package.module.Class.method`, `package.module.CONSTANT`, or the path of a file
    before: str  #: stands exactly once in the source of the symbol
    after: str
    tests: str  #: what pytest is given; at least one of these tests must fail

    @property
    def name(self) -> str:
        """How the fault is listed."""
        return f"{self.symbol}: {_on_one_line(self.before)} -> {_on_one_line(self.after)}"

    def file(self, tree: Path) -> Path:
        """The file that it is planted in.

        Raises:
            Unplantable: there is none.
        """
        return _found(tree, self.symbol)[0]

    def planted(self, tree: Path) -> str:
        """The text of the file, with the fault in it.

        Raises:
            Unplantable: the symbol is not there, or the text is not in it exactly once.
        """
        path, qualified = _found(tree, self.symbol)
        source = path.read_text()
        start, stop = _extent(source, qualified) if qualified else (0, len(source))
        body = source[start:stop]
        if body.count(self.before) != 1:
            raise Unplantable(f"{self.symbol} holds {self.before!r} {body.count(self.before)} times; once is meant")
        changed = source[:start] + body.replace(self.before, self.after) + source[stop:]
        if path.suffix == ".py":
            ast.parse(changed)
        return changed


def _on_one_line(text: str) -> str:
    return " ".join(text.split()) or "(nothing)"


def _found(tree: Path, symbol: str) -> tuple[Path, list[str]]:
    """The file of a symbol, and the names within it that lead to the symbol."""
    if "/" in symbol:
        if (tree / symbol).is_file():
            return tree / symbol, []
        raise Unplantable(f"{symbol} is no file")
    names = symbol.split(".")
    for length in range(len(names), 0, -1):
        path = tree.joinpath(*names[:length])
        for candidate in (path.with_suffix(".py"), path / "__init__.py"):
            if candidate.is_file():
                return candidate, names[length:]
    raise Unplantable(f"{symbol} is in no module")


def _extent(source: str, qualified: list[str]) -> tuple[int, int]:
    """Where the text of a class, function or assignment starts and stops, decorators included."""
    found: ast.AST = ast.parse(source)
    for name in qualified:
        named = [node for node in getattr(found, "body", []) if name in _names(node)]
        if len(named) != 1:
            raise Unplantable(f"{'.'.join(qualified)} is there {len(named)} times")
        found = named[0]
    lines = source.splitlines(keepends=True)
    decorators = [decorator.lineno for decorator in getattr(found, "decorator_list", [])]
    first, last = min([found.lineno, *decorators]), found.end_lineno  # type: ignore[attr-defined]
    return sum(map(len, lines[: first - 1])), sum(map(len, lines[:last]))


def _names(node: ast.AST) -> set[str]:
    """What a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}

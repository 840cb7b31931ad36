"""The sources that compiled code is made of: the kernels' own, and every source of ours that they import.

Found in the text of the sources, so nothing is imported to find them. Only what looks like an import from outside of
the folder is parsed: to parse all of it would take longer than a small job may wait.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

#: a line that may be such an import; it goes on to the bracket that ends it
_IMPORT = rb"\n[ \t]*((?:from|import)[ \t]+(?:\.|%s\b(?!\.%s\b))(?:[^\n(]*\([^)]*\)|[^\n]*))"


def own_sources(folder: Path) -> dict[str, bytes]:
    """Every source in a folder of a package, and what of the package they import, at whatever depth.

    Args:
        folder: directly beneath the package.

    Returns:
        The content of each, by its path from the package on, in order.
    """
    package = folder.parent
    imports = re.compile(_IMPORT % (package.name.encode(), folder.name.encode()))
    return _followed(sorted(folder.glob("*.py")), package, lambda content: _statements(content, imports))


def sources_of_one(source: Path, package: Path) -> dict[str, bytes]:
    """A source, and every one of the package that it imports, at whatever depth. All of them are parsed: it takes time.

    Args:
        source: wherever it lies.
        package: the folder of the package.

    Returns:
        The content of each, by its path from the package on, or by the whole path of what is outside, in order.
    """
    return _followed([source], package, lambda content: ast.walk(ast.parse(content)))


def _followed(waiting: list[Path], package: Path, statements: Callable[[bytes], Iterator[ast.AST]]) -> dict[str, bytes]:
    """These sources, and all that they import."""
    found: dict[str, bytes] = {}
    while waiting:
        source = waiting.pop()
        name = (source.relative_to(package) if source.is_relative_to(package) else source).as_posix()
        if name in found:
            continue
        found[name] = source.read_bytes()
        for statement in statements(found[name]):
            waiting += _sources_of(statement, source, package)
    return dict(sorted(found.items()))


def _statements(content: bytes, imports: re.Pattern[bytes]) -> Iterator[ast.AST]:
    """The statements of a source that import something of ours, and perhaps others."""
    lines = imports.findall(b"\n" + content)
    try:
        yield from ast.parse(b"\n".join(lines)).body
    except SyntaxError:  # a line of some text that looks like one, or an import of an uncommon form
        yield from ast.walk(ast.parse(content))


def _sources_of(statement: ast.AST, importer: Path, package: Path) -> Iterator[Path]:
    """The files that an import loads: of each name the module, and the packages on the way to it."""
    if isinstance(statement, ast.Import):
        names = [alias.name for alias in statement.names]
    elif isinstance(statement, ast.ImportFrom):
        above = (importer.parent, *importer.parent.parents)[statement.level - 1] if statement.level else package.parent
        prefix = [*above.relative_to(package.parent).parts, *([statement.module] if statement.module else [])]
        names = [".".join([*prefix, alias.name]) for alias in statement.names]
    else:
        return
    for name in names:
        at = package.parent
        for part in name.split("."):
            at /= part
            yield from (file for file in (at.with_suffix(".py"), at / "__init__.py") if file.is_file())

"""What the tests of reading share: files read, places found in them, values as short texts."""

from __future__ import annotations

import functools
import random
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import libcst as cst

from oai_lint.facts import values as v
from oai_lint.reading import Reading, read
from oai_lint.source import Source


def reading_of(text: str, **clients: str) -> Reading:
    return read(Source("app.py", text), clients=clients)


def calls(reading: Reading, name: str) -> list[cst.Call]:
    """Return the calls of a bare name, in source order."""
    return [
        node
        for node in reading.tree.nodes.get(cst.Call, ())
        if isinstance(node, cst.Call)
        and isinstance(node.func, cst.Name)
        and node.func.value == name
    ]


def show(value: v.Value) -> str:
    """Return a value as a short text: constants as Python, origins as they are, ``?`` unknown."""
    match value:
        case v.Literal():
            return repr(value.value)
        case v.Text():
            parts = (p if isinstance(p, str) else "{" + shown(p) + "}" for p in value.parts)
            return "text(" + "".join(parts) + ")"
        case v.Mapping():
            inner = [
                f"{entry.key!r}: {shown(entry.value)}{'' if entry.certain else '?'}"
                for entry in value.entries
            ]
            return "{" + ", ".join([*inner, *(["..."] if value.open else [])]) + "}"
        case v.Items():
            return f"{value.kind}({', '.join(map(shown, value.items))})"
        case v.Environment():
            default = f", {shown(value.default)}" if value.default is not None else ""
            return f"env({value.variable}{default})"
        case v.Parameter():
            return f"parameter({value.name})"
        case v.LocalFunction():
            return f"function({value.node.name.value})"
        case v.LocalClass():
            return f"class({value.node.name.value})"
        case v.LocalObject():
            return f"object({value.node.name.value})"
        case v.Unknown():
            return "?"
    return value.origin or "?"


def shown(expr: v.Expr) -> str:
    return " | ".join(sorted({show(value) for value in expr.values}))


def used(text: str) -> str:
    """Return what the first argument of the one call of ``use`` may be worth."""
    reading = reading_of(text)
    (call,) = calls(reading, "use")
    return shown(reading.expr(call.args[0].value))


@functools.cache
def stdlib_files(count: int, *, most: int = 60_000) -> tuple[Path, ...]:
    """Return some files of the standard library, the same ones every time."""
    root = Path(sysconfig.get_path("stdlib"))
    every = [
        path
        for path in sorted((*root.glob("*.py"), *root.glob("*/*.py")))
        if "site-packages" not in path.parts and path.stat().st_size < most
    ]
    return tuple(random.Random(11).sample(every, count))


def parsed(paths: tuple[Path, ...]) -> Iterator[tuple[Path, str, cst.Module]]:
    for path in paths:
        text = Source.from_bytes(str(path), path.read_bytes()).text
        try:
            yield path, text, cst.parse_module(text)
        except cst.ParserSyntaxError:
            continue

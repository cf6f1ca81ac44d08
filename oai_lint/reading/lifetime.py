"""What becomes of an object: its names followed to where they are closed, kept or handed on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.lifetime import Close, Entrance, Lifetime, Loop
from oai_lint.facts.values import Imported
from oai_lint.reading.clients import CLIENTS
from oai_lint.reading.tree import dotted

if TYPE_CHECKING:
    from oai_lint.reading import Reading

_CLOSING = frozenset({"close", "aclose", "__exit__", "__aexit__", "__enter__", "__aenter__"})
_STACKS = frozenset({
    "enter_context", "enter_async_context", "push", "push_async_exit", "callback",
    "push_async_callback", "closing", "aclosing",
})  # fmt: skip
_SPACES = ("locals", "globals", "vars", "dir")
_KEEPERS = frozenset({"append", "add", "put", "put_nowait", "extend", "insert", "setdefault"})
_PLAIN = frozenset({
    "print", "str", "repr", "bool", "isinstance", "type", "hasattr", "getattr", "id", "len",
})  # fmt: skip
# A call through which the value goes on as it is.
_THROUGH = frozenset({"cast", "shield", "wait_for"})


@dataclass
class Fate:
    """What is noted while an object is followed; the fields are those of a lifetime."""

    names: list[str] = field(default_factory=list)
    uses: list[cst.CSTNode] = field(default_factory=list)
    closes: list[tuple[cst.Call, str]] = field(default_factory=list)
    closed: bool = False
    entered: bool = False
    returned: bool = False
    stored: bool = False
    passed: bool = False
    captured: bool = False
    dropped: bool = False
    awaited: bool = False
    clients: list[cst.CSTNode] = field(default_factory=list)
    receivers: list[cst.CSTNode] = field(default_factory=list)
    iterated: list[cst.For | cst.CompFor] = field(default_factory=list)
    entrances: list[cst.With] = field(default_factory=list)
    called: list[tuple[str, cst.CSTNode]] = field(default_factory=list)
    lent: bool = False
    read: list[tuple[str, cst.CSTNode]] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)


def lifetime(reading: Reading, node: cst.CSTNode) -> Lifetime:
    """Follow what an expression makes."""
    fate = Fate()
    consumed(reading, node, fate, "")
    return told(reading, node, fate)


def told(reading: Reading, node: cst.CSTNode, fate: Fate) -> Lifetime:
    """Return what was noted of the object that an expression makes."""
    return Lifetime(
        node,
        tuple(fate.names),
        tuple(fate.uses),
        tuple(_close(reading, node, call, name) for call, name in fate.closes),
        fate.closed or bool(fate.closes),
        fate.entered,
        fate.returned,
        fate.stored,
        fate.passed,
        fate.captured,
        fate.dropped,
        tuple(fate.clients),
        tuple(_loop(reading, loop) for loop in fate.iterated),
        tuple(_entrance(reading, statement) for statement in fate.entrances),
        fate.awaited,
        _extent(reading, node, fate.uses),
        _within(reading, node, fate),
        tuple(fate.receivers),
        tuple(fate.called),
        fate.lent,
        tuple(fate.read),
    )


def consumed(  # noqa: PLR0915  (one arm for each thing that code does with a value)
    reading: Reading, node: cst.CSTNode, fate: Fate, name: str
) -> None:
    """Note what the code around ``node`` does with its value."""
    parents = reading.tree.parents
    child, parent = node, parents.get(node)
    while True:
        match parent:
            case cst.Await():
                fate.awaited = True
            case cst.BooleanOperation() | cst.IfExp() if not (
                isinstance(parent, cst.IfExp) and parent.test is child
            ):
                pass
            case _:
                break
        child, parent = parent, parents.get(parent)
    match parent:
        case cst.Assign() | cst.AnnAssign() | cst.NamedExpr():
            _assigned(reading, parent, child, fate)
        case cst.AugAssign():
            fate.stored = True
        case cst.Return() | cst.Yield() | cst.From():
            fate.returned = True
        case cst.Lambda():
            fate.returned = True
        case cst.WithItem():
            fate.entered = fate.closed = True
            outer = parents.get(parent)
            if isinstance(outer, cst.With):
                fate.entrances.append(outer)
                if outer.asynchronous is not None:
                    fate.awaited = True
            if parent.asname is not None:
                _named(reading, child, parent.asname.name, fate)
        case cst.Arg():
            _argument(reading, parent, fate)
        case cst.Attribute() if parent.value is child:
            if not name:
                fate.dropped = True
            _member(reading, parent, fate, name)
        case cst.For() | cst.CompFor() if parent.iter is child:
            fate.iterated.append(parent)
            if parent.asynchronous is not None:
                fate.awaited = True
        case cst.Element() | cst.StarredElement() | cst.DictElement():
            holder = parents.get(parent)
            outer = parents.get(holder) if holder is not None else None
            if isinstance(outer, (cst.Return, cst.Yield)):
                fate.returned = True
            else:
                fate.stored = True
        case cst.Expr():
            fate.dropped = fate.dropped or not name
        case cst.BaseComp():
            fate.stored = True


def _assigned(
    reading: Reading,
    parent: cst.Assign | cst.AnnAssign | cst.NamedExpr,
    child: cst.CSTNode,
    fate: Fate,
) -> None:
    targets: list[cst.CSTNode] = (
        [target.target for target in parent.targets]
        if isinstance(parent, cst.Assign)
        else [parent.target]
    )
    for target in targets:
        _named(reading, child, target, fate)
    if isinstance(parent, cst.NamedExpr):
        consumed(reading, parent, fate, "walrus")


def _named(reading: Reading, value: cst.CSTNode, target: cst.CSTNode, fate: Fate) -> None:
    if not isinstance(target, cst.Name):
        fate.stored = True
        return
    name = target.value
    scope = reading.scopes.scope_of(target)
    if (scope, name) in reading.scopes._declared:
        fate.stored = True
    if isinstance(scope, cst.ClassDef):
        fate.stored = True
    if id(target) in fate.seen:
        return
    fate.seen.add(id(target))
    fate.names.append(name)
    function = reading.tree.function(target)
    for use in reading.uses_of(name, target):
        fate.uses.append(use)
        if reading.tree.function(use) is not function:
            fate.captured = True
        consumed(reading, use, fate, name)


def _argument(reading: Reading, arg: cst.Arg, fate: Fate) -> None:
    call = reading.tree.parents.get(arg)
    if not isinstance(call, cst.Call):
        fate.stored = True  # the base of a class, of all things
        return
    keyword = arg.keyword.value if arg.keyword is not None else ""
    callee = dotted(call.func) or ""
    last = callee.rpartition(".")[2]
    if keyword == "http_client" and _builds_client(reading, call):
        fate.clients.append(call)
    elif last in _STACKS:
        fate.closed = True
    elif last in _PLAIN:
        return
    elif last in _THROUGH:
        consumed(reading, call, fate, "")
    elif last in _KEEPERS:
        fate.stored = True
    else:
        fate.passed = True
        fate.receivers.append(call)


def _builds_client(reading: Reading, call: cst.Call) -> bool:
    return any(
        isinstance(value, Imported) and value.name in CLIENTS
        for value in reading.evaluator.values(call.func)
    )


def _member(reading: Reading, attribute: cst.Attribute, fate: Fate, name: str) -> None:
    parents = reading.tree.parents
    path, node = attribute.attr.value, attribute
    parent = parents.get(node)
    while isinstance(parent, cst.Attribute) and parent.value is node:
        path, node = f"{path}.{parent.attr.value}", parent
        parent = parents.get(node)
    if path in _CLOSING:
        if isinstance(parent, cst.Call) and parent.func is node:
            fate.closes.append((parent, name))
        else:
            fate.closed = True  # handed to an exit stack or to atexit
    elif isinstance(parent, cst.Call) and parent.func is node:
        fate.called.append((path, parent))
        if path in ("with_options", "copy"):
            fate.passed = True  # the copy shares the transport
    else:
        fate.read.append((path, node))
        if isinstance(parent, (cst.Arg, cst.Return, cst.Assign)):
            fate.lent = True  # a bound method, or a resource of the client


def _extent(
    reading: Reading, node: cst.CSTNode, uses: list[cst.CSTNode]
) -> tuple[cst.CSTNode, cst.CSTNode] | None:
    tree = reading.tree
    parent = tree.parents.get(node)
    if not (
        isinstance(parent, cst.Assign)
        and parent.value is node
        and len(parent.targets) == 1
        and isinstance(parent.targets[0].target, cst.Name)
    ):
        return None
    line = tree.parents.get(parent)
    block = tree.parents.get(line) if line is not None else None
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        return None
    if not isinstance(block, (cst.IndentedBlock, cst.Module)):
        return None
    last: cst.CSTNode = line
    inside = {id(statement): index for index, statement in enumerate(block.body)}
    start = inside[id(line)]
    furthest = start
    for use in uses:
        current: cst.CSTNode | None = use
        while current is not None and id(current) not in inside:
            current = tree.parents.get(current)
        if current is None or inside[id(current)] <= start:
            return None
        if inside[id(current)] > furthest:
            furthest, last = inside[id(current)], current
    return (parent, last) if furthest > start else None


def _within(
    reading: Reading, node: cst.CSTNode, fate: Fate
) -> tuple[cst.CSTNode, cst.CSTNode] | None:
    tree = reading.tree
    finals = [
        parent
        for call, _ in fate.closes
        for parent in tree.ancestors(call)
        if isinstance(parent, cst.Finally)
    ]
    uses = [use for use in fate.uses if not any(tree.inside(use, final) for final in finals)]
    extent = _extent(reading, node, uses)
    if extent is None:
        return None
    block = tree.parents[tree.parents[extent[0]]]
    assert isinstance(block, (cst.IndentedBlock, cst.Module))
    return extent[0], block.body[-1]


def _close(reading: Reading, made: cst.CSTNode, call: cst.Call, name: str) -> Close:
    tree = reading.tree
    test: cst.CSTNode | None = None
    test_statement: cst.CSTNode | None = None
    inside: cst.CSTNode | None = None
    final: cst.Finally | None = None
    child: cst.CSTNode = call
    for parent in tree.ancestors(call):
        if isinstance(parent, (cst.FunctionDef, cst.Lambda)):
            break
        tested = isinstance(parent, cst.If) and child is parent.body and test is None
        if tested and isinstance(parent, cst.If) and _asks_existence(parent.test, name):
            test = parent.test
            if len(parent.body.body) == 1 and parent.orelse is None:
                test_statement = parent
        if isinstance(parent, cst.Finally):
            final = parent
            inside = tree.parents.get(parent)
            break
        child = parent
    bound_within = False
    has_handlers = False
    if isinstance(inside, cst.Try):
        has_handlers = bool(inside.handlers)
        scope = reading.scopes.scope_of(call)
        bindings = reading.scopes.bindings.get(scope, {}).get(name, ())
        bound_within = any(tree.inside(b.node, inside.body) for b in bindings) and all(
            tree.order[b.node] > tree.order[inside] for b in bindings
        )
    whole = False
    if final is not None and len(final.body.body) == 1:
        only = final.body.body[0]
        statement = tree.statement(call)
        whole = (
            only is statement
            or only is test_statement
            or (
                isinstance(only, cst.SimpleStatementLine)
                and len(only.body) == 1
                and tree.inside(call, only)
            )
        )
    starts: cst.CSTNode | None = None
    if isinstance(inside, cst.Try) and isinstance(inside.body.body[0], cst.SimpleStatementLine):
        starts = inside.body.body[0].body[0]
    return Close(
        call,
        name,
        reading.site(call),
        test,
        test_statement,
        inside,
        final,
        whole,
        bound_within,
        has_handlers,
        starts,
    )


def _asks_existence(test: cst.CSTNode, name: str) -> bool:
    """Say whether a test is ``"name" in locals()``, alone or as part of an ``and``."""
    if isinstance(test, cst.BooleanOperation):
        return _asks_existence(test.left, name) or _asks_existence(test.right, name)
    if not (isinstance(test, cst.Comparison) and len(test.comparisons) == 1):
        return False
    comparison = test.comparisons[0]
    if not isinstance(comparison.operator, cst.In) or not isinstance(test.left, cst.SimpleString):
        return False
    space = comparison.comparator
    return (
        test.left.evaluated_value == name
        and isinstance(space, cst.Call)
        and (dotted(space.func) or "") in _SPACES
    )


_ENDS = re.compile(r"finish_reason|\bdone\b|\[DONE\]|completed|is_final|stop_reason|\.type\b", re.I)


def _loop(reading: Reading, node: cst.For | cst.CompFor) -> Loop:
    leaves = tuple(_leaves(reading, node)) if isinstance(node, cst.For) else ()
    return Loop(
        node,
        node.target,
        node.iter,
        node.asynchronous is not None,
        isinstance(node, cst.For),
        leaves,
        reading.site(node),
    )


def _entrance(reading: Reading, node: cst.With) -> Entrance:
    return Entrance(
        node,
        node.items[0],
        node.asynchronous is not None,
        len(node.items) == 1,
        reading.site(node),
    )


def _leaves(reading: Reading, loop: cst.For) -> Iterator[cst.CSTNode]:
    tree = reading.tree
    for kind in (cst.Break, cst.Return):
        for node in tree.nodes.get(kind, ()):
            if not tree.inside(node, loop.body):
                continue
            around = list(tree.ancestors(node))
            nearest = next(
                (p for p in around if isinstance(p, (cst.For, cst.While, cst.FunctionDef))), None
            )
            if isinstance(nearest, cst.FunctionDef) and tree.inside(nearest, loop):
                continue
            if kind is cst.Break and nearest is not loop:
                continue
            tests = [
                reading.code(p.test)
                for p in around[: around.index(loop)]
                if isinstance(p, (cst.If, cst.While))
            ]
            if not any(_ENDS.search(test) for test in tests):
                yield node

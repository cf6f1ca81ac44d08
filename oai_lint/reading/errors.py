"""Facts about exceptions, read off the tree."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from functools import cache, partial
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.errors import (
    Caught,
    ErrorRead,
    ErrorTextTest,
    Handler,
    SdkImport,
    SdkName,
    Try,
    Work,
)
from oai_lint.facts.values import Items, LocalClass, LocalFunction, LocalObject
from oai_lint.reading.bindings import Binding
from oai_lint.reading.tree import children, dotted

if TYPE_CHECKING:
    from oai_lint.reading import Reading

_TALK = frozenset({
    "print", "pprint", "log", "debug", "info", "warning", "warn", "error", "exception", "critical",
    "write", "echo", "secho", "print_exc", "format_exc",
})  # fmt: skip
_BINDERS = frozenset({cst.ClassDef, cst.FunctionDef, cst.NameItem, cst.AugAssign, cst.Del})
_QUESTIONS = ("builtins.hasattr()", "builtins.getattr()", "builtins.isinstance()")


def sdk_imports(reading: Reading) -> Iterator[SdkImport]:
    """Yield every statement that imports the openai package or something from it."""
    if reading.in_sdk:
        return
    tree = reading.tree
    for imp in tree.nodes.get(cst.ImportFrom, ()):
        assert isinstance(imp, cst.ImportFrom)
        module = dotted(imp.module) if imp.module is not None else None
        if imp.relative or module is None or module.split(".")[0] != "openai":
            continue
        starred = isinstance(imp.names, cst.ImportStar)
        names = () if isinstance(imp.names, cst.ImportStar) else imp.names
        yield SdkImport(
            imp,
            module,
            imp.module,
            tuple(_named(reading, imp, alias) for alias in names),
            starred,
            reading.site(imp),
        )
    for imp in tree.nodes.get(cst.Import, ()):
        assert isinstance(imp, cst.Import)
        aliases = [a for a in imp.names if (dotted(a.name) or "").split(".")[0] == "openai"]
        if aliases:
            yield SdkImport(
                imp,
                "",
                None,
                tuple(_named(reading, imp, alias) for alias in aliases),
                False,
                reading.site(imp),
            )


def _named(
    reading: Reading, statement: cst.Import | cst.ImportFrom, alias: cst.ImportAlias
) -> SdkName:
    name = dotted(alias.name) or ""
    bound = name if isinstance(statement, cst.ImportFrom) else name.split(".")[0]
    if alias.asname is not None:
        bound = dotted(alias.asname.name) or ""
    uses = tuple(
        use
        for use in reading.uses_of(bound, alias)
        if type(reading.tree.parents.get(use)) not in _BINDERS
    )
    return SdkName(
        alias, name, alias.name, bound, alias.asname is not None, uses, _shared(reading, bound)
    )


def _shared(reading: Reading, name: str) -> bool:
    if reading.path.replace("\\", "/").endswith("__init__.py"):
        return True
    for binding in reading.scopes.bindings.get(reading.module, {}).get("__all__", ()):
        if binding.value is None:
            return True
        for value in reading.evaluator.values(binding.value):
            if not isinstance(value, Items) or any(i.literal == name for i in value.items):
                return True
    return False


def tries(reading: Reading) -> Iterator[Try]:
    """Yield every ``try`` statement with handlers."""
    for kind in (cst.Try, cst.TryStar):
        for node in reading.tree.nodes.get(kind, ()):
            assert isinstance(node, (cst.Try, cst.TryStar))
            if node.handlers:
                handlers = tuple(_handler(reading, handler) for handler in node.handlers)
                done = cache(partial(_work, reading, node.body))
                yield Try(node, handlers, kind is cst.TryStar, reading.site(node), done)


def _handler(reading: Reading, node: cst.ExceptHandler | cst.ExceptStarHandler) -> Handler:
    name = node.name.name if node.name is not None else None
    return Handler(
        node=node,
        classes=tuple(_classes(reading, node.type)) if node.type is not None else (),
        bare=node.type is None,
        name=name.value if isinstance(name, cst.Name) else "",
        raises=any(type(inner) is cst.Raise for inner in _run(node.body)),
        idle=_is_idle(node.body),
        site=reading.site(node),
        type_node=node.type,
        starts=_first(node.body),
    )


def _first(block: cst.BaseSuite) -> cst.CSTNode | None:
    if not isinstance(block, cst.IndentedBlock):
        return None
    line = block.body[0]
    return line.body[0] if isinstance(line, cst.SimpleStatementLine) else line


def _classes(reading: Reading, node: cst.CSTNode, *, inline: bool = True) -> Iterator[Caught]:
    if isinstance(node, cst.Tuple):
        for element in node.elements:
            yield from _classes(reading, element.value, inline=inline)
        return
    values = reading.evaluator.values(node)
    if len(values) == 1 and isinstance(values[0], Items):
        for item in values[0].items:
            yield from _classes(reading, item.node, inline=False)
        return
    written = dotted(node) or ""
    root, _, attribute = written.partition(".")
    origin = values[0].origin if len(values) == 1 else ""
    bound = not root or _is_bound(reading, node, root)
    yield Caught(node, origin, root, bound, inline, attribute)


def _is_bound(reading: Reading, node: cst.CSTNode, root: str) -> bool:
    if reading.scopes.star_imports:
        return True
    return bool(reading.scopes.reaching(node, root)) or hasattr(builtins, root)


def _work(reading: Reading, body: cst.CSTNode) -> tuple[tuple[Work, ...], tuple[str, ...]]:
    found: list[Work] = []
    loops: list[str] = []
    for node in _run(body):
        if isinstance(node, cst.Call):
            callees = reading.evaluator.values(node.func)
            origins = {f"{value.origin}()" for value in callees if value.origin}
            local = any(
                isinstance(value, (LocalFunction, LocalClass, LocalObject)) for value in callees
            )
            origin = origins.pop() if len(origins) == 1 and len(callees) == 1 else ""
            name = (dotted(node.func) or "").rpartition(".")[2]
            if not name and isinstance(node.func, cst.Attribute):
                name = node.func.attr.value
            found.append(Work(node, origin, local, name))
        elif isinstance(node, (cst.For, cst.CompFor)):
            loops.append(reading.evaluator.origin(node.iter))
    found.sort(key=lambda work: reading.tree.order[work.node])
    return tuple(found), tuple(loops)


def _run(body: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield the nodes of code that runs there, not those of functions defined there."""
    stack = [body]
    while stack:
        node = stack.pop()
        yield node
        inner = children(node)
        if node.__class__ is cst.FunctionDef or node.__class__ is cst.Lambda:
            inner.remove(node.body)
        stack += inner


def _is_idle(body: cst.BaseSuite) -> bool:
    return all(_says_nothing(statement) for statement in body.body)


def _says_nothing(statement: cst.CSTNode) -> bool:
    if isinstance(statement, cst.SimpleStatementLine):
        return all(_says_nothing(small) for small in statement.body)
    if isinstance(statement, (cst.Pass, cst.Continue)):
        return True
    if isinstance(statement, cst.Return):
        value = statement.value
        return value is None or (isinstance(value, cst.Name) and value.value in ("None", "False"))
    if not isinstance(statement, cst.Expr):
        return False
    value = statement.value
    if isinstance(value, (cst.SimpleString, cst.Ellipsis)):
        return True
    if isinstance(value, cst.Call):
        name = dotted(value.func) or ""
        return name.rpartition(".")[2] in _TALK
    return False


# -- what handlers do with the error -------------------------------------------------------------


def _handlers(reading: Reading) -> dict[cst.CSTNode, Handler]:
    return {handler.node: handler for t in reading.all(Try) for handler in t.handlers}


def _caught_by(
    reading: Reading, node: cst.Name, handlers: dict[cst.CSTNode, Handler]
) -> Handler | None:
    bindings: tuple[Binding, ...] = reading.scopes.reaching(node, node.value)
    if len(bindings) == 1 and bindings[0].kind == "except":
        handler = handlers.get(bindings[0].value)  # type: ignore[arg-type]
        if handler is not None and reading.tree.inside(node, handler.node):
            return handler
    return None


def error_reads(reading: Reading) -> Iterator[ErrorRead]:
    """Yield every attribute that is read off a caught error."""
    handlers = _handlers(reading)
    names = {handler.name for handler in handlers.values() if handler.name}
    if not names:
        return
    asked = _asked(reading)
    parents = reading.tree.parents
    for node in reading.tree.nodes.get(cst.Attribute, ()):
        assert isinstance(node, cst.Attribute)
        owner = node.value
        if type(owner) is not cst.Name or owner.value not in names:
            continue
        parent = parents.get(node)
        if isinstance(parent, (cst.AssignTarget, cst.AnnAssign, cst.Del)):
            continue
        handler = _caught_by(reading, owner, handlers)
        if handler is None:
            continue
        rest = ""
        whole: cst.CSTNode = node
        if isinstance(parent, cst.Attribute) and parent.value is node:
            rest, whole = parent.attr.value, parent
        elif isinstance(parent, cst.Subscript) and parent.value is node:
            key = reading.evaluator.index(parent)
            if isinstance(key, str):
                rest, whole = key, parent
            else:
                rest, whole = "[]", parent
        yield ErrorRead(
            node,
            owner,
            node.attr.value,
            handler,
            (handler.node, owner.value) in asked,
            rest,
            whole,
            reading.site(node),
        )


def _asked(reading: Reading) -> set[tuple[cst.CSTNode, str]]:
    """Return the handlers and names of errors whose class or attributes are asked for."""
    found: set[tuple[cst.CSTNode, str]] = set()
    for node, call, origin, _ in reading.made():
        if origin not in _QUESTIONS or not call.positional:
            continue
        subject = call.positional[0].expr.node
        if isinstance(subject, cst.Name):
            found.update(
                (ancestor, subject.value)
                for ancestor in reading.tree.ancestors(node)
                if isinstance(ancestor, (cst.ExceptHandler, cst.ExceptStarHandler))
            )
    return found


def error_text_tests(reading: Reading) -> Iterator[ErrorTextTest]:
    """Yield every ``"…" in str(e)``, ``"…" in e.message`` and the like."""
    handlers = _handlers(reading)
    coded = {
        (read.handler.node, reading.code(read.owner))
        for read in reading.all(ErrorRead)
        if read.attribute in ("code", "type", "body", "param")
    }
    for node in reading.tree.nodes.get(cst.Comparison, ()):
        assert isinstance(node, cst.Comparison)
        if len(node.comparisons) != 1:
            continue
        target = node.comparisons[0]
        if not isinstance(target.operator, (cst.In, cst.NotIn)):
            continue
        text = reading.expr(node.left).literal
        if not isinstance(text, str):
            continue
        error = _text_of_error(reading, target.comparator)
        if error is None:
            continue
        handler = _caught_by(reading, error, handlers)
        if handler is not None:
            yield ErrorTextTest(
                node,
                text,
                error.value,
                isinstance(target.operator, cst.NotIn),
                handler,
                reading.site(node),
                (handler.node, error.value) in coded,
            )


def _text_of_error(reading: Reading, node: cst.CSTNode, depth: int = 0) -> cst.Name | None:
    """Return the name of the error whose text an expression is."""
    match node:
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="lower" | "casefold"), value=inner)):
            return _text_of_error(reading, inner, depth)
        case cst.Call(func=cst.Name(value="str" | "repr"), args=[cst.Arg(value=cst.Name() as n)]):
            return n
        case cst.Attribute(attr=cst.Name(value="message"), value=cst.Name() as name):
            return name
        case cst.FormattedString(parts=[cst.FormattedStringExpression(expression=cst.Name() as n)]):
            return n
        case cst.Name() if depth < 2:
            bindings = reading.scopes.reaching(node, node.value)
            if len(bindings) == 1 and bindings[0].kind == "assign":
                value = bindings[0].value
                return _text_of_error(reading, value, depth + 1) if value is not None else None
    return None

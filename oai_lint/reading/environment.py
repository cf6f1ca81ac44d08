"""Reads and writes of environment variables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.clients import (
    Host,
)
from oai_lint.facts.keys import (
    EnvironmentRead,
    EnvironmentWrite,
    Form,
    KeyUse,
)
from oai_lint.facts.values import (
    Call,
    Environment,
    Expr,
    Mapping,
    Text,
    Value,
)
from oai_lint.knowledge.variables import KEY_VARIABLES
from oai_lint.reading.keys import AZURE, KEY, file_host
from oai_lint.reading.tree import dotted

if TYPE_CHECKING:
    from oai_lint.reading import Reading

OS_READS = ("os.getenv()", "os.environ.get()", "os.environ.pop()")
OTHER_READS = {
    "decouple.config()": "default",
    "decouple.Config()()": "default",
    "decouple.AutoConfig()()": "default",
    "environs.Env()()": "default",
    "environs.Env().str()": "default",
    "environs.env()": "default",
    "environs.env.str()": "default",
    "environ.Env()()": "default",
    "environ.Env().str()": "default",
    "starlette.config.Config()()": "default",
    "dotenv.dotenv_values().get()": "default",
}
_SETTINGS = ("pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings")
_BASE_URL = ("base_url", "baseurl", "api_base", "apibase", "endpoint")
_OPTIONS = ("click.option()", "typer.Option()", "click.Option()")


def environment_writes(reading: Reading) -> Iterator[EnvironmentWrite]:
    """Yield every assignment to an environment variable."""
    if "environ" not in reading.text and "putenv" not in reading.text:
        return
    evaluator, parents = reading.evaluator, reading.tree.parents
    names = _environ_names(reading)
    for node in reading.tree.nodes.get(cst.AssignTarget, ()):
        assert isinstance(node, cst.AssignTarget)
        target = node.target
        if not isinstance(target, cst.Subscript) or not _is_environ(reading, target.value, names):
            continue
        name = evaluator.index(target)
        assign = parents[node]
        assert isinstance(assign, cst.Assign)
        if isinstance(name, str):
            alone = len(assign.targets) == 1
            yield EnvironmentWrite(
                target, name, target.slice[0], reading.expr(assign.value),
                assign if alone else None, reading.site(target),
            )  # fmt: skip
    for node, call, origin, _ in reading.made():
        if origin in ("os.environ.setdefault()", "os.putenv()") and len(call.positional) == 2:
            name = call.positional[0].literal
            if isinstance(name, str):
                statement = parents.get(node)
                yield EnvironmentWrite(
                    node, name, call.positional[0].expr.node, call.positional[1].expr,
                    statement if isinstance(statement, cst.Expr) else None, reading.site(node),
                )  # fmt: skip
        elif origin == "os.environ.update()":
            yield from _updated(reading, call)


def _environ_names(reading: Reading) -> frozenset[str]:
    """Return the names that the file may give ``os.environ``."""
    found = {"environ"}
    for names in reading.scopes.bindings.values():
        for name, bindings in names.items():
            for binding in bindings:
                given = binding.value
                if binding.kind == "from" and isinstance(binding.node, cst.ImportAlias):
                    given = binding.node.name
                elif type(binding.node) is cst.Param:
                    given = binding.node.default
                if given is not None and (dotted(given) or "").endswith("environ"):
                    found.add(name)
    return frozenset(found)


def _is_environ(reading: Reading, node: cst.CSTNode, names: frozenset[str]) -> bool:
    """Say whether an expression is ``os.environ``; most are told from their spelling."""
    written = dotted(node)
    if written is None or not (written in names or written.endswith(".environ")):
        return False
    return reading.evaluator.origin(node) == "os.environ"


def _updated(reading: Reading, call: Call) -> Iterator[EnvironmentWrite]:
    for argument in call.keywords.values():
        if argument.name is not None and not argument.spread:
            yield EnvironmentWrite(
                argument.node, argument.name, argument.node, argument.expr, argument.node,
                reading.site(argument.node),
            )  # fmt: skip
    for argument in call.positional[:1]:
        for value in argument.values:
            for entry in value.entries if isinstance(value, Mapping) else ():
                if isinstance(entry.key, str) and isinstance(entry.node, cst.DictElement):
                    yield EnvironmentWrite(
                        entry.node, entry.key, entry.key_node, entry.value, entry.node,
                        reading.site(entry.node),
                    )  # fmt: skip


def environment_reads(reading: Reading) -> Iterator[EnvironmentRead]:
    """Yield every read of an environment variable, with the default that stands in for it."""
    found = [*_plain_reads(reading), *_or_reads(reading), *_conditional_reads(reading),
             *_fields(reading), *_options(reading)]  # fmt: skip
    for read in sorted(found, key=lambda read: read.site.order):
        yield replace(read, host=_read_host(reading, read.uses))


def _reached(
    reading: Reading, nodes: Iterable[cst.CSTNode], default: Expr | None
) -> tuple[KeyUse, ...]:
    wanted = set(nodes)
    if default is not None:
        wanted.update(value.node for value in default.values)
    return tuple(
        use
        for use in reading.all(KeyUse)
        if any(value.node in wanted for value in _all_values(use.expr))
    )


def _read_host(reading: Reading, uses: tuple[KeyUse, ...]) -> Host:
    """Return whose key a variable holds: UNKNOWN where a URL beside it may name any server."""
    if uses:
        return next((use.host for use in uses if not use.host.is_ours), uses[0].host)
    text = reading.text.lower()
    if any(word in text for word in _BASE_URL):
        return Host.UNKNOWN
    return file_host(reading)


def _all_values(expr: Expr) -> Iterator[Value]:
    for value in expr.values:
        yield value
        if isinstance(value, Text):
            for part in value.parts:
                if isinstance(part, Expr):
                    yield from part.values


def _plain_reads(reading: Reading) -> Iterator[EnvironmentRead]:
    for node, call, origin, _ in reading.made():
        keyword = "default" if origin in OS_READS else OTHER_READS.get(origin)
        if keyword is None:
            continue
        name = call.get("key", 0)
        variable = name.literal if name is not None else None
        if isinstance(variable, str):
            default = call.get(keyword, 1)
            expr = default.expr if default is not None else None
            yield EnvironmentRead(
                node, variable, Form.READ, expr, reading.site(node),
                argument=default.node if default is not None else None,
                uses=_reached(reading, (node,), expr), by_os=origin in OS_READS,
            )  # fmt: skip
    subscripts = reading.tree.nodes.get(cst.Subscript, ()) if "environ" in reading.text else ()
    names = _environ_names(reading) if subscripts else frozenset()
    for sub in subscripts:
        assert isinstance(sub, cst.Subscript)
        if isinstance(reading.tree.parents.get(sub), cst.AssignTarget):
            continue
        if not _is_environ(reading, sub.value, names):
            continue
        for value in reading.evaluator.values(sub):
            if isinstance(value, Environment) and value.node is sub:
                yield EnvironmentRead(
                    sub, value.variable, Form.READ, None, reading.site(sub),
                    uses=_reached(reading, (sub,), None),
                )  # fmt: skip


def _key_reads(reading: Reading, node: cst.CSTNode) -> list[Environment]:
    return [
        value
        for value in reading.evaluator.values(node)
        if isinstance(value, Environment) and value.variable in KEY_VARIABLES
    ]


def _or_reads(reading: Reading) -> Iterator[EnvironmentRead]:
    for node in reading.tree.nodes.get(cst.BooleanOperation, ()):
        assert isinstance(node, cst.BooleanOperation)
        if not isinstance(node.operator, cst.Or) or not reading.may_matter(node.left):
            continue
        default = reading.expr(node.right)
        if not isinstance(default.literal, str):
            continue
        reads = _key_reads(reading, node.left)
        if reads:
            direct = any(read.node is node.left for read in reads)
            yield EnvironmentRead(
                node, reads[0].variable, Form.OR, default, reading.site(node), node.left,
                uses=_reached(reading, [read.node for read in reads], default), by_os=direct,
            )  # fmt: skip


def _conditional_reads(reading: Reading) -> Iterator[EnvironmentRead]:
    for node in reading.tree.nodes.get(cst.IfExp, ()):
        assert isinstance(node, cst.IfExp)
        for rest, other in ((node.body, node.orelse), (node.orelse, node.body)):
            if not reading.may_matter(rest):
                continue
            default = reading.expr(other)
            if not isinstance(default.literal, str):
                continue
            reads = _key_reads(reading, rest)
            if not reads:
                continue
            test = reading.code(node.test)
            if reads[0].variable not in test and reading.code(rest) not in test:
                continue
            direct = any(read.node is rest for read in reads)
            yield EnvironmentRead(
                node, reads[0].variable, Form.CONDITIONAL, default, reading.site(node), rest,
                uses=_reached(reading, [read.node for read in reads], default), by_os=direct,
            )  # fmt: skip


def _fields(reading: Reading) -> Iterator[EnvironmentRead]:
    for owner in reading.tree.nodes.get(cst.ClassDef, ()):
        assert isinstance(owner, cst.ClassDef)
        if not any(reading.evaluator.origin(base.value) in _SETTINGS for base in owner.bases):
            continue
        prefixed = "env_prefix" in reading.code(owner)
        for line in owner.body.body:
            for field in line.body if isinstance(line, cst.SimpleStatementLine) else ():
                if isinstance(field, cst.AnnAssign) and field.value is not None:
                    yield from _field(reading, field, prefixed=prefixed)


def _field(reading: Reading, field: cst.AnnAssign, *, prefixed: bool) -> Iterator[EnvironmentRead]:
    assert field.value is not None
    names = [] if prefixed else [(dotted(field.target) or "").upper()]
    default: Expr = reading.expr(field.value)
    argument = None
    origin = reading.evaluator.origin(field.value)
    if origin in ("pydantic.Field()", "pydantic.fields.Field()", "pydantic.v1.Field()"):
        assert isinstance(field.value, cst.Call)
        call = reading.evaluator.call(field.value)
        given = call.get("default", 0)
        if given is None:
            return
        default, argument = given.expr, given.node
        for keyword in ("env", "alias", "validation_alias"):
            alias = call[keyword]
            if alias is not None:
                names = [alias.literal.upper()] if isinstance(alias.literal, str) else []
    variable = next((name for name in names if name in KEY_VARIABLES), "")
    if variable:
        yield EnvironmentRead(
            field, variable, Form.FIELD, default, reading.site(field), field.target,
            field.annotation.annotation, argument, _reached(reading, (), default), by_os=False,
        )  # fmt: skip


def _options(reading: Reading) -> Iterator[EnvironmentRead]:
    for node, call, origin, _ in reading.made():
        if origin in _OPTIONS or (
            origin.startswith("argparse.") and origin.endswith(".add_argument()")
        ):
            yield from _option(reading, node, call, origin)


def _option(reading: Reading, node: cst.Call, call: Call, origin: str) -> Iterator[EnvironmentRead]:
    position = 0 if origin.startswith("typer.") else None
    default = call.get("default", position)
    if default is None:
        return
    names = [a.literal for a in call.positional if isinstance(a.literal, str)]
    names = [name for name in names if name.startswith("-")]
    parent = reading.tree.parents.get(node)
    if isinstance(parent, cst.Param):
        names.append(parent.name.value)
    dest = call["dest"]
    if dest is not None and isinstance(dest.literal, str):
        names.append(dest.literal)
    words = [re.sub(r"[-_]", "", name).lower() for name in names]
    variable = KEY if any("openai" in word and "key" in word for word in words) else ""
    uses: tuple[KeyUse, ...] = ()
    envvar = call["envvar"]
    if envvar is not None and envvar.literal in KEY_VARIABLES:
        variable = envvar.literal
    if origin.startswith("argparse."):
        ends = {"." + name.lstrip("-").replace("-", "_") for name in names}
        uses = tuple(
            use
            for use in reading.all(KeyUse)
            for o in use.expr.origins
            if o.startswith("argparse.") and any(o.endswith(f"(){end}") for end in ends)
        )
        if uses and any("key" in word for word in words):
            variable = variable or uses[0].variable
    if variable and (not any("azure" in word for word in words) or variable == AZURE):
        yield EnvironmentRead(
            node, variable, Form.OPTION, default.expr, reading.site(node),
            argument=default.node, uses=uses, by_os=envvar is not None,
        )  # fmt: skip

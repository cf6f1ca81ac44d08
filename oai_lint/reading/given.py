"""Whose server a client talks to that a function is given: that of what its callers hand over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.clients import Host
from oai_lint.facts.values import (
    Argument,
    Attribute,
    Expr,
    Item,
    LocalFunction,
    Parameter,
    Result,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from oai_lint.reading import Reading


def given_host(reading: Reading, func: Expr, hosts: Mapping[cst.CSTNode, Host]) -> Host:
    """Return the host of the client that an annotated parameter holds.

    Unknown unless the file calls the function, and each call hands over a client of that host.

    Args:
        reading: the file.
        func: the method that is called on the client.
        hosts: the host of each client that the file builds, by the node of its construction.
    """
    found: set[Host] = set()
    for value in func.values:
        parameter = _parameter(reading, value)
        if parameter is None:
            return Host.UNKNOWN
        arguments = list(_given(reading, *parameter))
        for argument in arguments:
            built = argument.values if argument is not None else ()
            found.update(_host(client, hosts) for client in built)
            if not built:
                return Host.UNKNOWN
        if not arguments:
            return Host.UNKNOWN
    return found.pop() if len(found) == 1 else Host.UNKNOWN


def _host(client: Value, hosts: Mapping[cst.CSTNode, Host]) -> Host:
    call = client.call if isinstance(client, Result) else None
    return hosts.get(call.node, Host.UNKNOWN) if call is not None else Host.UNKNOWN


def _parameter(reading: Reading, value: Value) -> tuple[cst.FunctionDef, cst.Param] | None:
    """Return the parameter of a function whose annotation says what the root of a value is."""
    root = value
    while isinstance(root, (Attribute, Item)) or (isinstance(root, Result) and root.call):
        root = root.of
    parameter: cst.Param | None = None
    for parent in reading.tree.ancestors(root.node):
        if isinstance(parent, cst.Param):
            parameter = parent
        elif isinstance(parent, cst.FunctionDef):
            return (parent, parameter) if parameter is not None else None
    return None


def _given(
    reading: Reading, function: cst.FunctionDef, parameter: cst.Param
) -> Iterator[Argument | None]:
    """Yield what each use of a function in this file gives for a parameter, None if unknown."""
    name = parameter.name.value
    positional = [*function.params.posonly_params, *function.params.params]
    position = positional.index(parameter) if parameter in positional else None
    for use in reading.tree.named(function.name.value):
        if use is function.name:
            continue
        callee = reading.tree.parents.get(use)
        if not isinstance(callee, cst.Attribute) or callee.attr is not use:
            callee = use
        node = reading.tree.parents.get(callee)
        if not isinstance(node, cst.Call) or node.func is not callee:
            yield None  # handed on, to be called by others
            continue
        called = reading.evaluator.values(callee)
        if not called or any(isinstance(value, (Parameter, Unknown)) for value in called):
            yield None  # it may be this one
        for value in called:
            if isinstance(value, LocalFunction) and value.node is function:
                bound = value.owner is not None and position is not None
                call = reading.evaluator.call(node)
                yield call.get(name, position - 1 if bound and position else position)

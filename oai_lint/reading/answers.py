"""How code reads the answers of requests made by hand: their status, the events of a stream."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.answers import EventLoop, StatusCheck, SuccessBranch
from oai_lint.reading.tree import children

if TYPE_CHECKING:
    from oai_lint.reading import Reading

_FAILED = re.compile(
    r"(?P<a>\w+)\.status(?:_code)? (?:!= (?:200|requests\.codes\.ok|httpx2?\.codes\.OK)"
    r"|>= 400|> 399|not in (?:\(200,\)|\[200\]|\{200\}))"
    r"|not (?P<b>\w+)\.(?:ok|is_success)|(?P<c>\w+)\.is_error"
)
_SUCCEEDED = re.compile(
    r"(?P<a>\w+)\.status(?:_code)? (?:== (?:200|requests\.codes\.ok|httpx2?\.codes\.OK)"
    r"|< (?:300|400))"
    r"|(?P<b>\w+)\.(?:ok|is_success)"
)
_LEAVING = re.compile(r"(?:sys\.|os\._)?exit\(|quit\(")
_LINES = frozenset({"iter_lines", "aiter_lines"})
_CUTS = frozenset({
    "decode", "strip", "lstrip", "rstrip", "removeprefix", "replace", "split", "partition",
    "startswith", "endswith", "encode",
})  # fmt: skip
_LOADS = frozenset({"json.loads()", "orjson.loads()", "ujson.loads()", "simplejson.loads()"})


def status_checks(reading: Reading) -> Iterator[StatusCheck]:
    """Yield every ``if`` that leaves when a request has failed."""
    tree = reading.tree
    for node in tree.nodes.get(cst.If, ()):
        assert isinstance(node, cst.If)
        match = _FAILED.fullmatch(reading.code(node.test).strip())
        block = tree.parents.get(node)
        if match is None or node.orelse is not None or node.test.lpar or not _leaves(reading, node):
            continue
        if not isinstance(block, (cst.IndentedBlock, cst.Module)):
            continue
        index = next(i for i, line in enumerate(block.body) if line is node)
        before: cst.CSTNode | None = block.body[index - 1] if index else tree.parents.get(block)
        if isinstance(before, cst.SimpleStatementLine) and len(before.body) == 1:
            before = before.body[0]
        elif index or not isinstance(before, cst.With):
            continue
        owner = next(n for n in _names(node.test) if n.value == match[match.lastgroup or 0])
        yield StatusCheck(node, node.test, owner, before)


def success_branches(reading: Reading) -> Iterator[SuccessBranch]:
    """Yield every ``if`` that asks whether a request was successful."""
    for node in reading.tree.nodes.get(cst.If, ()):
        assert isinstance(node, cst.If)
        match = _SUCCEEDED.fullmatch(reading.code(node.test).strip())
        if match is not None and not node.test.lpar:
            owner = next(n for n in _names(node.test) if n.value == match[match.lastgroup or 0])
            yield SuccessBranch(node, node.test, owner, node.body)


def _leaves(reading: Reading, node: cst.If) -> bool:
    if not isinstance(node.body, cst.IndentedBlock):
        return False
    last = node.body.body[-1]
    if not isinstance(last, cst.SimpleStatementLine):
        return False
    small = last.body[-1]
    if isinstance(small, cst.Expr):
        return bool(_LEAVING.match(reading.code(small)))
    return isinstance(small, (cst.Raise, cst.Return, cst.Continue, cst.Break))


def event_loops(reading: Reading) -> Iterator[EventLoop]:
    """Yield every loop over lines whose way to the data of an event is the usual one."""
    for node in reading.tree.nodes.get(cst.For, ()):
        assert isinstance(node, cst.For)
        owner = _owner_of_lines(node)
        if owner is None or node.orelse is not None or not isinstance(node.target, cst.Name):
            continue
        path = _Path(reading, node.target.value, last=_ends_function(reading, node))
        if isinstance(node.body, cst.IndentedBlock) and path.follow(node.body.body):
            assert path.parsed is not None
            yield EventLoop(
                node,
                node.target,
                node.iter,
                owner,
                path.parsed,
                tuple(path.drops),
                tuple(path.wraps),
            )


def _owner_of_lines(node: cst.For) -> cst.Name | None:
    lines: cst.CSTNode = node.iter
    if isinstance(lines, cst.Call):
        lines = lines.func
        if not isinstance(lines, cst.Attribute) or lines.attr.value not in _LINES:
            return None
    elif not isinstance(lines, cst.Attribute) or lines.attr.value != "content":
        return None  # aiohttp's lines
    return lines.value if isinstance(lines.value, cst.Name) else None


class _Path:
    """The way from a line to the data of its event, through a loop's body."""

    def __init__(self, reading: Reading, name: str, *, last: bool) -> None:
        self.reading = reading
        self.ends = (cst.Continue, cst.Break, cst.Return) if last else (cst.Continue, cst.Break)
        self.derived = {name}
        self.parsed: cst.Call | None = None
        self.drops: list[cst.CSTNode] = []
        self.wraps: list[tuple[cst.CSTNode, cst.CSTNode | None]] = []

    def follow(self, statements: Sequence[cst.BaseStatement]) -> bool:
        """Read a block; say whether all of it is understood."""
        for index, statement in enumerate(statements):
            rest = statements[index + 1 :]
            if self.parsed is not None:
                if self._mentions(statement):
                    return False
            elif isinstance(statement, cst.If):
                if not self._is_test(statement.test):
                    return False
                goes_on = self._only_goes_on(statement.body)
                other = statement.orelse
                if other is None and (goes_on or self._only_cuts(statement.body)):
                    self.drops.append(statement)
                    continue
                holds = statement.body
                if other is not None:
                    if not goes_on or not isinstance(other, cst.Else):
                        return False
                    holds = other.body
                if rest or not isinstance(holds, cst.IndentedBlock):
                    return False
                self.wraps.append((statement, other))
                return self.follow(holds.body)
            elif isinstance(statement, cst.Try):
                plain = statement.orelse is None and statement.finalbody is None and not rest
                if not plain or not isinstance(statement.body, cst.IndentedBlock):
                    return False
                handled = any(self._mentions(handler) for handler in statement.handlers)
                return not handled and self.follow(statement.body.body)
            elif not isinstance(statement, cst.SimpleStatementLine) or not self._line(statement):
                return False
        return self.parsed is not None

    def _only_goes_on(self, block: cst.BaseSuite) -> bool:
        if len(block.body) != 1:
            return False
        only = block.body[0]
        small = only.body[0] if isinstance(only, cst.SimpleStatementLine) else only
        if isinstance(small, cst.Return) and small.value is not None:
            return False
        return isinstance(small, self.ends)

    def _only_cuts(self, block: cst.BaseSuite) -> bool:
        """Say whether all that a block does is to make names of what is cut out of a line."""
        found: list[str] = []
        for line in block.body:
            small = line.body[0] if isinstance(line, cst.SimpleStatementLine) else line
            bound = _bound(small) if isinstance(small, cst.BaseSmallStatement) else None
            if bound is None or not isinstance(small, cst.Assign) or not self._is_form(small.value):
                return False
            found.append(bound)
        self.derived.update(found)
        return True

    def _line(self, line: cst.SimpleStatementLine) -> bool:
        if len(line.body) != 1:
            return False
        small = line.body[0]
        bound = _bound(small)
        if bound is not None and isinstance(small, cst.Assign) and self._is_form(small.value):
            self.derived.add(bound)
            self.drops.append(small)
            return True
        loads = [call for call in _calls(small) if self._is_parse(call)]
        if len(loads) != 1:
            return False
        self.parsed = loads[0]
        inner = {id(name) for name in _names(self.parsed)}
        reads = [n for n in _names(small) if n.value in self.derived and id(n) not in inner]
        if bound is not None:
            self.derived.discard(bound)
        return all(bound == name.value and _is_target(small, name) for name in reads)

    def _is_parse(self, call: cst.Call) -> bool:
        return (
            self.reading.evaluator.origin(call) in _LOADS
            and len(call.args) == 1
            and self._is_form(call.args[0].value)
        )

    def _is_form(self, node: cst.BaseExpression) -> bool:
        """Say whether an expression is a line, or what is cut out of one."""
        match node:
            case cst.Name(value=name):
                return name in self.derived
            case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value=name)), args=args):
                return name in _CUTS and self._is_form(owner) and all(map(_is_plain, args))
            case cst.Call(func=cst.Name(value="str"), args=[first, *rest]):
                return self._is_form(first.value) and all(map(_is_plain, rest))
            case cst.Subscript(value=owner):
                return self._is_form(owner) and not any(
                    n.value in self.derived for e in node.slice for n in _names(e)
                )
        return False

    def _is_test(self, node: cst.BaseExpression) -> bool:
        """Say whether a test asks for nothing but the form of a line."""
        match node:
            case cst.BooleanOperation(left=left, right=right):
                return self._is_test(left) and self._is_test(right)
            case cst.UnaryOperation(operator=cst.Not(), expression=inner):
                return self._is_test(inner)
            case cst.Comparison(left=left, comparisons=[single]):
                sides = (left, single.comparator)
                forms = [side for side in sides if self._is_test(side)]
                return bool(forms) and all(s in forms or _is_constant(s) for s in sides)
            case cst.Call(func=cst.Name(value="len"), args=[only]):
                return self._is_form(only.value)
        return self._is_form(node)

    def _mentions(self, node: cst.CSTNode) -> bool:
        return any(name.value in self.derived for name in _names(node))


def _ends_function(reading: Reading, node: cst.For) -> bool:
    """Say whether a function is through when a loop is."""
    statement: cst.CSTNode | None = node
    while isinstance(statement, (cst.For, cst.With)):
        block = reading.tree.parents.get(statement)
        if not isinstance(block, cst.IndentedBlock) or block.body[-1] is not statement:
            return False
        statement = reading.tree.parents.get(block)
        if isinstance(statement, cst.For):
            return False
    return isinstance(statement, cst.FunctionDef)


def _bound(small: cst.BaseSmallStatement) -> str | None:
    if isinstance(small, cst.Assign) and len(small.targets) == 1:
        target = small.targets[0].target
        return target.value if isinstance(target, cst.Name) else None
    return None


def _is_target(small: cst.BaseSmallStatement, name: cst.Name) -> bool:
    return isinstance(small, cst.Assign) and small.targets[0].target is name


def _is_plain(arg: cst.Arg) -> bool:
    return not arg.star and _is_constant(arg.value)


def _is_constant(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.Name):
        return node.value in ("None", "True", "False")
    return isinstance(node, (cst.SimpleString, cst.Integer))


def _calls(node: cst.CSTNode) -> Iterator[cst.Call]:
    if isinstance(node, cst.Call):
        yield node
    for child in children(node):
        yield from _calls(child)


def _names(node: cst.CSTNode) -> Iterator[cst.Name]:
    """Yield the names in a node that may be variables."""
    if isinstance(node, cst.Name):
        yield node
    for child in children(node):
        attribute = isinstance(node, cst.Attribute) and child is node.attr
        keyword = isinstance(node, cst.Arg) and child is node.keyword
        if not attribute and not keyword:
            yield from _names(child)

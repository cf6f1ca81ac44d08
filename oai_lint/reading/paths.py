"""Which bindings are in force at a place: the ways through the code of one scope."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.reading.bindings import LEAVES, NOTHING, Binding, Effect, Scope, distinct
from oai_lint.reading.tree import BLOCKS, dotted

if TYPE_CHECKING:
    from oai_lint.reading.scopes import Scopes

_EXPRESSIONS = (cst.Lambda, cst.BaseComp)
_LOOPS = (cst.For, cst.While)
_EXITS = frozenset({cst.Return, cst.Raise, cst.Continue, cst.Break})
_MAY_LEAVE = frozenset({cst.If, cst.With, cst.Try, cst.TryStar, cst.Match})
_SUITES = BLOCKS | {cst.SimpleStatementLine}
_EXPRESSION_HEADS = frozenset({
    cst.If, cst.While, cst.For, cst.With, cst.Try, cst.TryStar, cst.ExceptHandler,
    cst.ExceptStarHandler, cst.Match, cst.MatchCase,
})  # fmt: skip
_SWALLOWING = frozenset({"suppress", "raises", "assertRaises", "assertRaisesRegex"})


class Paths:
    """The ways through the code of one scope, as far as one name is concerned.

    Attributes:
        own: the bindings that this code makes, parameters left out.
        elsewhere: those that other functions make (``global``, ``nonlocal``).
    """

    def __init__(
        self, scopes: Scopes, bindings: Sequence[Binding], home: Scope, here: Scope
    ) -> None:
        self.scopes = scopes
        self.tree = scopes.tree
        self.home = home
        self.here = here
        real = [b for b in bindings if b.kind != "declared"] or bindings
        self.params = tuple(b for b in real if b.kind == "param" and here is home)
        rest = [b for b in real if b.kind != "param"]
        self.own = tuple(b for b in rest if scopes.runs_in(b) is here)
        self.elsewhere = tuple(b for b in rest if scopes.runs_in(b) is not here)
        self.touched: dict[cst.CSTNode, list[Binding]] = {}
        for binding in self.own:
            for node in (binding.node, *self.tree.ancestors(binding.node)):
                self.touched.setdefault(node, []).append(binding)

    # -- questions ---------------------------------------------------------------------------

    @cached_property
    def end(self) -> Effect:
        """What is in force when the code is through."""
        if isinstance(self.here, _EXPRESSIONS):
            return Effect(self.own, False)
        effect = self.block(self.here if isinstance(self.here, cst.Module) else self.here.body)
        return effect if effect.settles else Effect((*effect.bindings, *self.params), False)

    def before(self, node: cst.CSTNode) -> Effect:
        """Return what is in force just before ``node`` is evaluated."""
        if isinstance(self.here, _EXPRESSIONS):
            return Effect((*self.own, *self.params), True)
        found: list[Binding] = []
        parents = self.tree.parents
        current, parent = node, parents.get(node)
        while parent is not None and current is not self.here:
            kind = parent.__class__
            if kind in _SUITES:
                statements: Sequence[cst.CSTNode] = parent.body  # type: ignore[attr-defined]
                effect = self.sequence(statements, self.scopes.place(parent, current))
            elif kind in _EXPRESSION_HEADS or current.__class__ in BLOCKS:
                effect = self.entering(parent, current)
            elif kind is cst.NamedExpr or not self.touched:
                effect = NOTHING
            else:
                effect = self.beside(parent, current, node)
            found += effect.bindings
            if effect.settles:
                return Effect(distinct(found), True)
            current, parent = parent, parents.get(parent)
        return Effect(distinct((*found, *self.params)), bool(self.params))

    def later(self, node: cst.CSTNode) -> tuple[Binding, ...]:
        """Return the bindings that may still be made once ``node`` has been."""
        order = self.tree.order
        found = tuple(b for b in self.own if order[b.node] > order[node])
        for holder in self.scopes.holders_of(node):
            if isinstance(holder, _LOOPS) and self.scopes.scope_of(holder) is self.here:
                found += self.within(holder)
        return found

    # -- inside a statement ------------------------------------------------------------------

    def beside(self, parent: cst.CSTNode, current: cst.CSTNode, node: cst.CSTNode) -> Effect:
        """Return what parts of the same expression did before ``current`` is evaluated."""
        if parent not in self.touched or isinstance(parent, cst.BaseSmallStatement):
            return NOTHING
        repeated = isinstance(parent, (cst.BaseComp, cst.CompFor))
        found: list[Binding] = []
        settles = False
        order = self.tree.order
        for binding in self.within(parent):
            if binding.kind != "walrus" or self.tree.inside(binding.node, current):
                continue
            if order[binding.node] < order[node]:
                found.append(binding)
                settles = settles or self.surely(binding, parent)
            elif repeated:
                found.append(binding)
        return Effect(tuple(found), settles)

    def surely(self, binding: Binding, top: cst.CSTNode) -> bool:
        """Say whether a binding is made whenever ``top`` is evaluated."""
        if binding.kind != "walrus":
            return True
        child = binding.node
        while child is not top:
            parent = self.tree.parents[child]
            if isinstance(parent, cst.BooleanOperation) and child is parent.right:
                return False
            if isinstance(parent, cst.IfExp) and child is not parent.test:
                return False
            if isinstance(parent, _EXPRESSIONS):
                return False
            child = parent
        return True

    def expression(self, node: cst.CSTNode) -> Effect:
        """Return what evaluating an expression (or a head) binds."""
        if node not in self.touched:
            return NOTHING
        found = self.within(node)
        return Effect(found, any(self.surely(binding, node) for binding in found))

    # -- into a statement --------------------------------------------------------------------

    def entering(self, owner: cst.CSTNode, part: cst.CSTNode) -> Effect:
        """Return what may have happened inside ``owner`` before ``part`` of it is entered."""
        match owner:
            case cst.If():
                return self.expression(owner.test) if part is not owner.test else NOTHING
            case cst.While():
                test = self.expression(owner.test)
                if part is owner.test:
                    return Effect(self.within(owner.body), False)
                return Effect((*test.bindings, *self.within(owner.body)), test.settles)
            case cst.For():
                if part is owner.iter or part is owner.target:
                    return NOTHING
                target = self.within(owner.target)
                if target and part is owner.body:
                    return Effect(target, True)
                return Effect((*target, *self.within(owner.body)), False)
            case cst.With():
                earlier: list[Binding] = []
                for item in owner.items:
                    if item is part:
                        break
                    earlier += self.within(item)
                return Effect(tuple(earlier), bool(earlier))
            case cst.ExceptHandler() | cst.ExceptStarHandler():
                name = self.within(owner.name) if owner.name is not None else ()
                return Effect(name, bool(name)) if part is owner.body else NOTHING
            case cst.Try() | cst.TryStar():
                return self.in_try(owner, part)
            case cst.MatchCase():
                bound = self.within(owner.pattern)
                return Effect(bound, bool(bound)) if part is not owner.pattern else NOTHING
            case cst.Match():
                tried: list[Binding] = []
                for case in owner.cases:
                    if case is part:
                        break
                    tried += self.within(case.pattern)
                return Effect(tuple(tried), False)
        return NOTHING

    def in_try(self, owner: cst.Try | cst.TryStar, part: cst.CSTNode) -> Effect:
        """Return what may have happened before a handler, ``else`` or ``finally`` is entered."""
        if part is owner.body:
            return NOTHING
        if part is owner.orelse:
            return self.block(owner.body)
        found = self.within(owner.body)
        if part is owner.finalbody:
            for handler in owner.handlers:
                found += self.within(handler)
            if owner.orelse is not None:
                found += self.within(owner.orelse)
        return Effect(found, False)

    # -- over statements ---------------------------------------------------------------------

    def block(self, block: cst.CSTNode) -> Effect:
        """Return what running a block does."""
        return self.sequence(getattr(block, "body", ()))

    def sequence(self, statements: Sequence[cst.CSTNode], stop: int | None = None) -> Effect:
        """Return what running statements one after the other does, up to the one at ``stop``."""
        found: tuple[Binding, ...] = ()
        for index in range((len(statements) if stop is None else stop) - 1, -1, -1):
            effect = self.statement(statements[index])
            if effect is NOTHING:
                continue
            found += effect.bindings
            if effect.settles:
                return Effect(found, True)
        return Effect(found, False)

    def statement(self, statement: cst.CSTNode) -> Effect:
        """Return what running a statement does."""
        kind = statement.__class__
        if kind in _EXITS:
            return LEAVES
        if kind is cst.SimpleStatementLine:
            body = statement.body  # type: ignore[attr-defined]
            if statement not in self.touched:
                return LEAVES if any(small.__class__ in _EXITS for small in body) else NOTHING
            return self.sequence(body)
        if statement in self.touched:
            return self.compound(statement)
        if kind in _MAY_LEAVE:
            return LEAVES if self.scopes.leaves(statement) else NOTHING
        return NOTHING

    def compound(self, statement: cst.CSTNode) -> Effect:
        """Return what running a statement does, one that needs a closer look."""
        if type(statement) is cst.SimpleStatementLine:
            return self._simple(statement)
        match statement:
            case cst.If():
                return self.branches(statement)
            case cst.With():
                body = self.block(statement.body)
                heads = tuple(b for item in statement.items for b in self.within(item))
                if any(_swallows(item.item) for item in statement.items):
                    return Effect((*self.within(statement.body), *heads), bool(heads))
                return body if body.settles else Effect((*body.bindings, *heads), bool(heads))
            case cst.Try() | cst.TryStar():
                return self.attempts(statement)
            case cst.Match():
                return self.cases(statement)
            case cst.For() | cst.While():
                return Effect(self.within(statement), False)
            case cst.FunctionDef() | cst.ClassDef():
                own = tuple(b for b in self.own if b.node is statement)
                return Effect(own, True) if own else NOTHING
        return self._simple(statement)

    def _simple(self, statement: cst.CSTNode) -> Effect:
        inside = sorted(self.within(statement), key=_after_walrus)
        for index in range(len(inside) - 1, -1, -1):
            if self.surely(inside[index], statement):
                return Effect(tuple(inside[index:]), True)
        return Effect(tuple(inside), False)

    def branches(self, statement: cst.If) -> Effect:
        """Return what running an ``if`` does, all its ``elif`` included."""
        found: list[Binding] = []
        settles, always = True, self.expression(statement.test).settles
        current: cst.CSTNode | None = statement
        while isinstance(current, cst.If):
            yes = self.block(current.body)
            found += (*yes.bindings, *self.expression(current.test).bindings)
            settles = settles and yes.settles
            current = current.orelse
        if current is None:
            settles = False
        else:
            no = self.block(current.body)  # type: ignore[attr-defined]
            found += no.bindings
            settles = settles and no.settles
        return Effect(distinct(found), settles or always)

    def attempts(self, statement: cst.Try | cst.TryStar) -> Effect:
        """Return what running a ``try`` does."""
        final = NOTHING
        if statement.finalbody is not None:
            final = self.block(statement.finalbody.body)
            if final.settles:
                return final
        body = self.block(statement.body)
        found, settles = body.bindings, body.settles
        if statement.orelse is not None:
            after = self.block(statement.orelse.body)
            found = after.bindings if after.settles else (*after.bindings, *found)
            settles = settles or after.settles
        for handler in statement.handlers:
            caught = self.block(handler.body)
            found += caught.bindings
            if not caught.settles:  # the body may have stopped anywhere
                found += self.within(statement.body)
                settles = False
        return Effect(distinct((*final.bindings, *found)), settles)

    def cases(self, statement: cst.Match) -> Effect:
        """Return what running a ``match`` does."""
        found: list[Binding] = []
        settles = bool(statement.cases) and _takes_all(statement.cases[-1])
        for case in statement.cases:
            effect = self.block(case.body)
            found += (*effect.bindings, *self.within(case.pattern))
            settles = settles and effect.settles
        return Effect(distinct(found), settles)

    def within(self, node: cst.CSTNode) -> tuple[Binding, ...]:
        """Return the bindings that this code makes anywhere inside ``node``."""
        return tuple(self.touched.get(node, ()))


def _after_walrus(binding: Binding) -> bool:
    return binding.kind != "walrus"


def _takes_all(case: cst.MatchCase) -> bool:
    pattern = case.pattern
    return case.guard is None and isinstance(pattern, cst.MatchAs) and pattern.pattern is None


def _swallows(item: cst.CSTNode) -> bool:
    """Say whether a context manager is known by name to swallow exceptions of its block."""
    name = dotted(item.func) if isinstance(item, cst.Call) else None
    return name is not None and name.rpartition(".")[2] in _SWALLOWING

"""Which bindings a name may have at the place where it is used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import libcst as cst

from oai_lint.reading.tree import BLOCKS, Tree, dotted

Scope = cst.Module | cst.FunctionDef | cst.Lambda | cst.ClassDef | cst.BaseComp
# Sets of classes: isinstance is several times slower on libcst's abstract classes.
_SCOPES = frozenset({
    cst.Module, cst.FunctionDef, cst.Lambda, cst.ClassDef, cst.ListComp, cst.SetComp,
    cst.DictComp, cst.GeneratorExp,
})  # fmt: skip
_HEADED = frozenset({cst.FunctionDef, cst.ClassDef, cst.Lambda})
_EXITS = (cst.Return, cst.Raise, cst.Continue, cst.Break)


class Binding(NamedTuple):
    """One place where a name gets a value.

    Attributes:
        name: the name, or a dotted path (``self.client``, ``openai.api_key``).
        kind: import, from, assign, unpack, augmented, for, with, except, param, def, class,
            walrus, del or global (assigned from another function).
        node: the node that binds: target, alias, parameter, definition.
        value: the expression (or definition) that gives the value.
        scope: where the name lives.
        path: for ``unpack``, the indices that lead from the value to the target.
    """

    name: str
    kind: str
    node: cst.CSTNode
    value: cst.CSTNode | None
    scope: Scope
    path: tuple[int, ...] = ()


class Effect(NamedTuple):
    """What running a statement does to one name."""

    bindings: tuple[Binding, ...]
    settles: bool  # afterwards nothing older can still be in force


_NOTHING = Effect((), False)


class Scopes:
    """The bindings of a module, by scope and name."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.bindings: dict[Scope, dict[str, list[Binding]]] = {}
        self.star_imports: list[str] = []
        self._scope_of: dict[cst.CSTNode, Scope] = {}
        self._declared: dict[tuple[Scope, str], Scope] = {}
        self._holders: dict[int, frozenset[cst.CSTNode]] = {}
        self._declare()
        self._collect()

    # -- scopes ------------------------------------------------------------------------------

    def scope_of(self, node: cst.CSTNode) -> Scope:
        """Return the scope in which the code at ``node`` runs."""
        memo, parents = self._scope_of, self.tree.parents
        passed = [node]
        child, parent = node, parents.get(node)
        scope: Scope | None = memo.get(node)
        while scope is None:
            if parent is None:
                scope = self.tree.module
            elif parent.__class__ in _SCOPES and _runs_within(child, parent):
                scope = parent  # type: ignore[assignment]
            else:
                scope = memo.get(parent)
                passed.append(parent)
                child, parent = parent, parents.get(parent)
        for node in passed:
            memo[node] = scope
        return scope

    def enclosing(self, scope: Scope) -> Iterable[Scope]:
        """Yield the scope and those around it in which a name of it is looked up."""
        yield scope
        current: Scope = scope
        while current is not self.tree.module:
            current = self.scope_of(current)
            if not isinstance(current, cst.ClassDef):
                yield current

    # -- collecting --------------------------------------------------------------------------

    def _declare(self) -> None:
        for kind in (cst.Global, cst.Nonlocal):
            for node in self.tree.nodes.get(kind, ()):
                scope = self.scope_of(node)
                for item in node.names:  # type: ignore[attr-defined]
                    home: Scope = self.tree.module
                    if kind is cst.Nonlocal:
                        outer = list(self.enclosing(scope))[1:]
                        home = outer[0] if outer else home
                    self._declared[scope, item.name.value] = home

    def _add(
        self,
        name: str,
        kind: str,
        node: cst.CSTNode,
        value: cst.CSTNode | None,
        scope: Scope,
        path: tuple[int, ...] = (),
    ) -> None:
        home = self._declared.get((scope, name))
        if home is not None:
            scope, kind, path = home, "global" if kind == "assign" else kind, path
        self.bindings.setdefault(scope, {}).setdefault(name, []).append(
            Binding(name, kind, node, value, scope, path)
        )

    def _collect(self) -> None:
        nodes = self.tree.nodes
        for imp in nodes.get(cst.Import, ()):
            assert isinstance(imp, cst.Import)
            for alias in imp.names:
                name = _alias_name(alias) or (dotted(alias.name) or "").split(".")[0]
                self._add(name, "import", alias, None, self.scope_of(imp))
        for imp in nodes.get(cst.ImportFrom, ()):
            assert isinstance(imp, cst.ImportFrom)
            if isinstance(imp.names, cst.ImportStar):
                self.star_imports.append(module_name(imp))
                continue
            for alias in imp.names:
                name = _alias_name(alias) or dotted(alias.name) or ""
                self._add(name, "from", alias, imp, self.scope_of(imp))
        for node in nodes.get(cst.Assign, ()):
            assert isinstance(node, cst.Assign)
            scope = self.scope_of(node)
            for target in node.targets:
                self._target(target.target, "assign", node.value, scope)
        for node in nodes.get(cst.AnnAssign, ()):
            assert isinstance(node, cst.AnnAssign)
            self._target(
                node.target, "assign", node.value or node.annotation, self.scope_of(node)
            )
        for node in nodes.get(cst.AugAssign, ()):
            assert isinstance(node, cst.AugAssign)
            self._target(node.target, "augmented", node, self.scope_of(node))
        for node in nodes.get(cst.NamedExpr, ()):
            assert isinstance(node, cst.NamedExpr)
            scope = self.scope_of(node)
            while isinstance(scope, cst.BaseComp):
                scope = self.scope_of(scope)
            self._target(node.target, "walrus", node.value, scope)
        for node in nodes.get(cst.For, ()):
            assert isinstance(node, cst.For)
            self._target(node.target, "for", node.iter, self.scope_of(node))
        for node in nodes.get(cst.CompFor, ()):
            assert isinstance(node, cst.CompFor)
            self._target(node.target, "for", node.iter, self._comprehension(node))
        for node in nodes.get(cst.WithItem, ()):
            assert isinstance(node, cst.WithItem)
            if node.asname is not None:
                self._target(node.asname.name, "with", node.item, self.scope_of(node))
        for node in nodes.get(cst.ExceptHandler, ()):
            assert isinstance(node, cst.ExceptHandler)
            if node.name is not None:
                self._target(node.name.name, "except", node, self.scope_of(node))
        for node in nodes.get(cst.Del, ()):
            assert isinstance(node, cst.Del)
            self._target(node.target, "del", None, self.scope_of(node))
        for node in nodes.get(cst.FunctionDef, ()):
            assert isinstance(node, cst.FunctionDef)
            self._add(node.name.value, "def", node, node, self.scope_of(node))
            self._parameters(node.params, node)
        for node in nodes.get(cst.Lambda, ()):
            assert isinstance(node, cst.Lambda)
            self._parameters(node.params, node)
        for node in nodes.get(cst.ClassDef, ()):
            assert isinstance(node, cst.ClassDef)
            self._add(node.name.value, "class", node, node, self.scope_of(node))
        for kind in (cst.MatchAs, cst.MatchStar):
            for node in nodes.get(kind, ()):
                if node.name is not None:  # type: ignore[attr-defined]
                    self._target(node.name, "match", None, self.scope_of(node))  # type: ignore[attr-defined]

    def _comprehension(self, node: cst.CompFor) -> Scope:
        parent = self.tree.parents[node]
        while not isinstance(parent, cst.BaseComp):
            parent = self.tree.parents[parent]
        return parent

    def _parameters(self, params: cst.Parameters, function: cst.FunctionDef | cst.Lambda) -> None:
        every = [*params.posonly_params, *params.params, *params.kwonly_params]
        for star in (params.star_arg, params.star_kwarg):
            if isinstance(star, cst.Param):
                every.append(star)
        for param in every:
            self._add(param.name.value, "param", param, param, function)

    def _target(
        self,
        target: cst.CSTNode,
        kind: str,
        value: cst.CSTNode | None,
        scope: Scope,
        path: tuple[int, ...] = (),
    ) -> None:
        if isinstance(target, cst.Name):
            self._add(target.value, _unpacked(kind, path), target, value, scope, path)
        elif isinstance(target, cst.Attribute):
            name = dotted(target)
            if name is not None:
                self._add(name, _unpacked(kind, path), target, value, scope, path)
        elif isinstance(target, (cst.Tuple, cst.List)):
            for index, element in enumerate(target.elements):
                self._target(element.value, kind, value, scope, (*path, index))

    # -- looking up --------------------------------------------------------------------------

    def reaching(self, node: cst.CSTNode, name: str) -> tuple[Binding, ...]:
        """Return the bindings of ``name`` that may be in force where ``node`` runs.

        Nothing for a name that the module never binds.  A module-level name used in a function
        has the value that it has when the module is through, or that some function gives it.
        """
        scope = self.scope_of(node)
        root = name.split(".", 1)[0]
        for candidate in self.enclosing(scope):
            found = self.bindings.get(self._declared.get((candidate, root), candidate), {})
            if name in found:
                return self._in_force(node, name, found[name], scope)
            if root in found and root != name and any(
                binding.kind != "param" or isinstance(candidate, cst.FunctionDef)
                for binding in found[root]
            ):
                return ()  # the object lives here, but nobody sets this attribute
        return ()

    def _in_force(
        self, node: cst.CSTNode, name: str, bindings: Sequence[Binding], scope: Scope
    ) -> tuple[Binding, ...]:
        home = bindings[0].scope
        if len(bindings) == 1:
            return tuple(bindings)
        elsewhere = tuple(binding for binding in bindings if binding.kind == "global")
        inner = node
        while scope is not home and isinstance(scope, (cst.BaseComp, cst.Lambda)):
            scope = self.scope_of(scope)
        while scope is not home and isinstance(home, cst.FunctionDef):
            inner, scope = scope, self.scope_of(scope)  # a closure sees what its maker had
        if scope is home:
            found = self._before(self.tree.statement(inner), name, home, inner)
        else:
            found = self._block(_body(home), name, home).bindings
        if not found:
            found = tuple(b for b in bindings if b.kind != "global")
        return _distinct((*found, *elsewhere))

    def _before(
        self, statement: cst.CSTNode, name: str, home: Scope, node: cst.CSTNode
    ) -> tuple[Binding, ...]:
        """Return what is in force just before a statement of ``home``'s own code runs."""
        found: list[Binding] = []
        parents = self.tree.parents
        if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) > 1:
            earlier = [
                small for small in statement.body
                if self.tree.order[small] < self.tree.order[node]
                and not self.tree.inside(node, small)
            ]
            effect = self._sequence(earlier, name, home)
            if effect.settles:
                return effect.bindings
        while True:
            block = parents.get(statement)
            if block is None:
                return tuple(found)
            if block.__class__ not in BLOCKS:
                statement = block
                continue
            effect = self._sequence(_preceding(block, statement), name, home)
            found += effect.bindings
            if effect.settles:
                return tuple(found)
            if block is home or parents.get(block) is home:
                found += (
                    b for b in self.bindings[home].get(name, ()) if b.kind == "param"
                )
                return tuple(found)
            owner = parents[block]
            effect = self._entering(owner, block, name, home)
            found += effect.bindings
            if effect.settles:
                return tuple(found)
            while isinstance(owner, (cst.Else, cst.Finally, cst.ExceptHandler,
                                     cst.ExceptStarHandler, cst.MatchCase)):
                owner = parents[owner]
            while isinstance(owner, cst.If) and isinstance(parents.get(owner), cst.If):
                owner = parents[owner]  # an elif runs in place of the whole chain
            if owner is home:
                return tuple(found)
            statement = owner

    def _entering(
        self, owner: cst.CSTNode, block: cst.CSTNode, name: str, home: Scope
    ) -> Effect:
        """Return what may have happened inside ``owner`` before ``block`` is entered."""
        if isinstance(owner, (cst.For, cst.While)):
            target = self._own(owner, name, home)
            again = self._block(owner.body, name, home).bindings
            return Effect((*target, *again), bool(target))
        if isinstance(owner, cst.With):
            target = self._own(owner, name, home)
            return Effect(target, bool(target))
        outer = self.tree.parents.get(owner)
        if isinstance(owner, (cst.ExceptHandler, cst.ExceptStarHandler)):
            own = self._own(owner, name, home)
            if own:
                return Effect(own, True)
            assert isinstance(outer, (cst.Try, cst.TryStar))
            return Effect(self._within(outer.body, name, home), False)
        if isinstance(owner, cst.Else) and isinstance(outer, (cst.Try, cst.TryStar)):
            return self._block(outer.body, name, home)
        if isinstance(owner, cst.Else) and isinstance(outer, (cst.For, cst.While)):
            return Effect(self._within(outer, name, home), False)
        if isinstance(owner, cst.Finally) and isinstance(outer, (cst.Try, cst.TryStar)):
            found = self._within(outer.body, name, home)
            for handler in outer.handlers:
                found += self._within(handler.body, name, home)
            return Effect(found, self._block(outer.body, name, home).settles and not outer.handlers)
        return _NOTHING

    def _block(self, block: cst.CSTNode, name: str, home: Scope) -> Effect:
        return self._sequence(getattr(block, "body", ()), name, home)

    def _sequence(self, statements: Sequence[cst.CSTNode], name: str, home: Scope) -> Effect:
        found: tuple[Binding, ...] = ()
        for statement in reversed(statements):
            effect = self._effect(statement, name, home)
            found += effect.bindings
            if effect.settles:
                return Effect(found, True)
        return Effect(found, False)

    def _effect(self, statement: cst.CSTNode, name: str, home: Scope) -> Effect:
        if isinstance(statement, _EXITS):
            return Effect((), True)
        if isinstance(statement, (cst.SimpleStatementLine, cst.BaseSmallStatement)):
            if isinstance(statement, cst.SimpleStatementLine) and isinstance(
                statement.body[-1], _EXITS
            ):
                return Effect((), True)
            inside = self._within(statement, name, home)
            return Effect(inside[-1:], bool(inside) and inside[-1].kind != "global")
        if isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
            own = tuple(b for b in self.bindings[home][name] if b.node is statement)
            return Effect(own, bool(own))
        inside = self._within(statement, name, home)
        if not inside and not isinstance(statement, (cst.If, cst.Try, cst.With)):
            return _NOTHING
        if isinstance(statement, cst.If):
            test = tuple(b for b in inside if b.kind == "walrus")
            yes = self._block(statement.body, name, home)
            no = _NOTHING
            if isinstance(statement.orelse, cst.If):
                no = self._effect(statement.orelse, name, home)
            elif statement.orelse is not None:
                no = self._block(statement.orelse.body, name, home)
            return Effect(
                _distinct((*yes.bindings, *no.bindings, *test)), yes.settles and no.settles
            )
        if isinstance(statement, cst.With):
            own = self._own(statement, name, home)
            body = self._block(statement.body, name, home)
            return Effect(_distinct((*body.bindings, *own)), body.settles or bool(own))
        if isinstance(statement, (cst.Try, cst.TryStar)):
            return self._try(statement, name, home)
        return Effect(inside, False)

    def _try(self, statement: cst.Try | cst.TryStar, name: str, home: Scope) -> Effect:
        final = _NOTHING
        if statement.finalbody is not None:
            final = self._block(statement.finalbody.body, name, home)
            if final.settles:
                return final
        body = self._block(statement.body, name, home)
        found, settles = body.bindings, body.settles
        if statement.orelse is not None:
            after = self._block(statement.orelse.body, name, home)
            found, settles = (*after.bindings, *found), settles or after.settles
        for handler in statement.handlers:
            caught = self._block(handler.body, name, home)
            found = (*found, *caught.bindings)
            settles = settles and caught.settles
        return Effect(_distinct((*final.bindings, *found)), settles)

    def _within(self, node: cst.CSTNode, name: str, home: Scope) -> tuple[Binding, ...]:
        """Return the bindings of ``home``'s own ``name`` anywhere inside ``node``."""
        return tuple(
            binding
            for binding in self.bindings[home][name]
            if node in self._holders_of(binding.node) and self.scope_of(binding.node) is home
            or (binding.node is node)
        )

    def _own(self, node: cst.CSTNode, name: str, home: Scope) -> tuple[Binding, ...]:
        """Return the bindings in a compound statement's head, not those in its body."""
        kinds = {"for", "with", "except"}
        body = getattr(node, "body", None)
        return tuple(
            binding
            for binding in self._within(node, name, home)
            if binding.kind in kinds and body not in self._holders_of(binding.node)
        )

    def _holders_of(self, node: cst.CSTNode) -> frozenset[cst.CSTNode]:
        key = id(node)
        if key not in self._holders:
            self._holders[key] = frozenset(self.tree.ancestors(node))
        return self._holders[key]


def _runs_within(child: cst.CSTNode, scope: cst.CSTNode) -> bool:
    """Say whether a direct child of a scope's node runs inside the scope.

    Decorators, defaults, annotations and base classes are evaluated outside.
    """
    return scope.__class__ not in _HEADED or child is scope.body  # type: ignore[attr-defined]


def _body(scope: Scope) -> cst.CSTNode:
    return scope if isinstance(scope, cst.Module) else getattr(scope, "body", scope)


def _preceding(block: cst.CSTNode, statement: cst.CSTNode) -> Sequence[cst.CSTNode]:
    body: Sequence[cst.CSTNode] = block.body  # type: ignore[attr-defined]
    for index, sibling in enumerate(body):
        if sibling is statement:
            return body[:index]
    return ()


def _unpacked(kind: str, path: tuple[int, ...]) -> str:
    return "unpack" if path and kind in ("assign", "walrus") else kind


def _alias_name(alias: cst.ImportAlias) -> str | None:
    if alias.asname is None:
        return None
    name = alias.asname.name
    return name.value if isinstance(name, cst.Name) else None


def _distinct(bindings: Iterable[Binding]) -> tuple[Binding, ...]:
    return tuple({id(binding.node): binding for binding in bindings}.values())


def module_name(node: cst.ImportFrom) -> str:
    """Return the module of a ``from`` import, relative ones with their dots."""
    name = dotted(node.module) or "" if node.module is not None else ""
    return "." * len(node.relative) + name

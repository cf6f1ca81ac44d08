"""Which bindings a name may have at the place where it is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

import libcst as cst

from oai_lint.reading.bindings import NOTHING, Binding, Effect, Scope, distinct
from oai_lint.reading.paths import Paths
from oai_lint.reading.tree import Tree, dotted

# Sets of classes: isinstance is several times slower on libcst's abstract classes.
_SCOPES = frozenset({
    cst.Module, cst.FunctionDef, cst.Lambda, cst.ClassDef, cst.ListComp, cst.SetComp,
    cst.DictComp, cst.GeneratorExp,
})  # fmt: skip
_HEADED = frozenset({cst.FunctionDef, cst.ClassDef, cst.Lambda})
_COMPREHENSIONS = frozenset({cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp})


class Scopes:
    """The bindings of a module, by scope and name."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.bindings: dict[Scope, dict[str, list[Binding]]] = {}
        self.star_imports: list[str] = []
        self._scope_of: dict[cst.CSTNode, Scope] = {}
        self._declared: dict[tuple[Scope, str], Scope] = {}
        self._makers: dict[int, Scope] = {}
        self._holders: dict[int, frozenset[cst.CSTNode]] = {}
        self._flows: dict[tuple[Scope, str, Scope], Paths] = {}
        self._leaving: dict[cst.CSTNode, bool] = {}
        self._attributes: dict[cst.ClassDef, dict[str, list[Binding]]] = {}
        self._places: dict[cst.CSTNode, dict[int, int]] = {}
        self._declare()
        self._collect()
        self._settle_nonlocals()
        self._known = {name for names in self.bindings.values() for name in names}

    def forget(self) -> None:
        """Let go of what was worked out about the order of bindings."""
        self._flows.clear()

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
                scope = parent
            else:
                scope = memo.get(parent)
                passed.append(parent)
                child, parent = parent, parents.get(parent)
        for one in passed:
            memo[one] = scope
        return scope

    def enclosing(self, scope: Scope) -> Iterable[Scope]:
        """Yield the scope and those around it in which a name of it is looked up."""
        yield scope
        current: Scope = scope
        while current is not self.tree.module:
            current = self.scope_of(current)
            if type(current) is not cst.ClassDef:
                yield current

    # -- collecting --------------------------------------------------------------------------

    def _declare(self) -> None:
        for node in self.tree.nodes.get(cst.Global, ()):
            scope = self.scope_of(node)
            if scope is not self.tree.module:
                for item in node.names:  # type: ignore[attr-defined]
                    self._declared[scope, item.name.value] = self.tree.module

    def _settle_nonlocals(self) -> None:
        """Give bindings of ``nonlocal`` names to the function around that has the name."""
        for node in self.tree.nodes.get(cst.Nonlocal, ()):
            scope = self.scope_of(node)
            for item in node.names:  # type: ignore[attr-defined]
                name = item.name.value
                for home in list(self.enclosing(scope))[1:]:
                    if isinstance(home, cst.FunctionDef) and name in self.bindings.get(home, {}):
                        self._declared[scope, name] = home
                        for binding in self.bindings.get(scope, {}).pop(name, ()):
                            self._rehome(binding, home)
                        break

    def _rehome(self, binding: Binding, home: Scope) -> None:
        kind = "global" if binding.kind == "assign" else binding.kind
        self._makers[id(binding.node)] = binding.scope
        self.bindings.setdefault(home, {}).setdefault(binding.name, []).append(
            binding._replace(kind=kind, scope=home)
        )

    def _add(  # noqa: PLR0917
        self,
        name: str,
        kind: str,
        node: cst.CSTNode,
        value: cst.CSTNode | None,
        scope: Scope,
        path: tuple[int, ...] = (),
    ) -> None:
        binding = Binding(name, kind, node, value, scope, path)
        home = self._declared.get((scope, name)) if self._declared else None
        if home is not None:
            self._rehome(binding, home)
        else:
            self.bindings.setdefault(scope, {}).setdefault(name, []).append(binding)

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
            kind = "assign" if node.value is not None else "declared"
            self._target(node.target, kind, node.value or node.annotation, self.scope_of(node))
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
        for pattern in (cst.MatchAs, cst.MatchStar):
            for node in nodes.get(pattern, ()):
                if node.name is not None:  # type: ignore[attr-defined]
                    self._target(node.name, "match", None, self.scope_of(node))  # type: ignore[attr-defined]
        for node in nodes.get(cst.MatchMapping, ()):
            if node.rest is not None:  # type: ignore[attr-defined]
                self._target(node.rest, "match", None, self.scope_of(node))  # type: ignore[attr-defined]

    def _comprehension(self, node: cst.CompFor) -> Scope:
        parent = self.tree.parents[node]
        while not isinstance(parent, cst.BaseComp):
            parent = self.tree.parents[parent]
        return parent

    def _parameters(self, params: cst.Parameters, function: cst.FunctionDef | cst.Lambda) -> None:
        every = [*params.posonly_params, *params.params, *params.kwonly_params]
        for star in (params.star_arg, params.star_kwarg):
            if type(star) is cst.Param:
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
            starred = False
            for index, element in enumerate(target.elements):
                starred = starred or isinstance(element, cst.StarredElement)
                if kind == "del":
                    self._target(element.value, kind, value, scope)
                elif starred:  # which element it gets is not known
                    self._target(element.value, "match", None, scope)
                else:
                    self._target(element.value, kind, value, scope, (*path, index))

    def set_by_methods(self, owner: cst.ClassDef) -> dict[str, list[Binding]]:
        """Return what the methods of a class bind to attributes of the object."""
        known = self._attributes.get(owner)
        if known is None:
            known = self._attributes[owner] = {}
            for method in owner.body.body:
                if isinstance(method, cst.FunctionDef):
                    for path, bindings in self.bindings.get(method, {}).items():
                        root, dot, name = path.partition(".")
                        if dot and root in ("self", "cls"):
                            known.setdefault(name, []).extend(bindings)
        return known

    @cached_property
    def imported(self) -> dict[Scope, dict[str, list[Binding]]]:
        """The bindings of the names that some import binds, by scope and name."""
        return {
            scope: {
                name: bindings
                for name, bindings in names.items()
                if any(binding.kind in ("import", "from") for binding in bindings)
            }
            for scope, names in self.bindings.items()
        }

    @cached_property
    def _alone(self) -> dict[str, Effect]:
        """Names with one binding in the whole file, at module level: the same wherever read."""
        count = Counter(name for names in self.bindings.values() for name in names)
        return {
            name: Effect((bindings[0],), True)
            for name, bindings in self.bindings.get(self.tree.module, {}).items()
            if len(bindings) == count[name] == 1 and "." not in name
        }

    def import_of(self, name: str) -> Binding | None:
        """Return the import that is all that a name ever stands for, wherever it is read."""
        known = self._alone.get(name)
        if known is None or known.bindings[0].kind not in ("import", "from"):
            return None
        return known.bindings[0]

    def binds(self, name: str) -> bool:
        """Say whether some statement, anywhere, binds a name or dotted path."""
        return name in self._known

    # -- looking up --------------------------------------------------------------------------

    def reaching(self, node: cst.CSTNode, name: str) -> tuple[Binding, ...]:
        """Return the bindings of ``name`` that may be in force where ``node`` runs.

        Nothing for a name that the module never binds.  A module-level name used in a function
        has the value that it has when the module is through, or that some function gives it.
        """
        found = self.flow(node, name).bindings
        if "." in name:
            return tuple(binding for binding in found if binding.name == name)
        return found

    def flow(self, node: cst.CSTNode, name: str) -> Effect:
        """Return the bindings in force and whether one of them certainly is.

        For a dotted name, bindings of what it is an attribute of are among them: a new object in
        ``client`` makes ``client.api_key`` forgotten.
        """
        if name in self._alone:
            return self._alone[name]
        if name not in self._known:
            return NOTHING
        scope = self.scope_of(node)
        root, dot, _ = name.partition(".")
        found: tuple[Binding, ...] = ()
        unused: tuple[Binding, ...] = ()
        for candidate in self.enclosing(scope):
            if candidate.__class__ in _COMPREHENSIONS and self._in_first_iter(node, candidate):
                continue  # `[x for x in x]`: the last one is another x
            home = self._declared.get((candidate, root), candidate)
            names = self.bindings.get(home)
            if names is None:
                continue
            bindings = names.get(name)
            if bindings is not None:
                effect = self._in_force(node, name, bindings, scope, home)
                found += effect.bindings
                if effect.settles:
                    return Effect(distinct(found), True)
                if home.__class__ is cst.ClassDef:
                    unused = tuple(bindings)  # a class body also sees what is around it
                    continue
            if dot and root in names:
                break  # the object lives here
            if bindings is not None and not dot:
                return Effect(distinct(found), True)
        return Effect(distinct(found or unused), False)

    def _in_first_iter(self, node: cst.CSTNode, comprehension: cst.CSTNode) -> bool:
        first = comprehension.for_in.iter  # type: ignore[attr-defined]
        return self.tree.inside(node, first)

    def _in_force(
        self,
        node: cst.CSTNode,
        name: str,
        bindings: Sequence[Binding],
        scope: Scope,
        home: Scope,
    ) -> Effect:
        if len(bindings) == 1 and "." not in name and home.__class__ is not cst.ClassDef:
            return Effect(tuple(bindings), True)
        here, inner, late = scope, node, False
        while here is not home and self._declared.get((here, name)) is not home:
            if here.__class__ is cst.FunctionDef and home.__class__ is cst.Module:
                break  # it may be called at any time
            late = late or here.__class__ in (cst.FunctionDef, cst.Lambda)
            if here.__class__ not in _COMPREHENSIONS:
                inner = here
            here = self.scope_of(here)
        paths = self._paths(home, name, here if here is not home else home)
        elsewhere: tuple[Binding, ...] = paths.elsewhere
        if here is home or self._declared.get((here, name)) is home:
            effect = paths.before(inner)
            if late:
                effect = Effect((*effect.bindings, *paths.later(inner)), effect.settles)
            if here is not home and effect.settles:
                return effect
            if here is not home:
                ending = self._paths(home, name, home).end
                effect = Effect((*effect.bindings, *ending.bindings), ending.settles)
        else:
            paths = self._paths(home, name, home)
            elsewhere = paths.elsewhere
            effect = paths.end
        found = effect.bindings
        if not found and "." not in name and home.__class__ is not cst.ClassDef:
            found = paths.own
        return Effect((*found, *elsewhere), effect.settles)

    def _paths(self, home: Scope, name: str, here: Scope) -> Paths:
        key = home, name, here
        known = self._flows.get(key)
        if known is None:
            names = self.bindings[home]
            bindings = list(names[name])
            prefix = name.rpartition(".")[0]
            while prefix:
                bindings += names.get(prefix, ())
                prefix = prefix.rpartition(".")[0]
            known = self._flows[key] = Paths(self, bindings, home, here)
        return known

    def runs_in(self, binding: Binding) -> Scope:
        """Return the scope whose code makes the binding: not where the name lives if declared."""
        return self._makers.get(id(binding.node), binding.scope)

    def holders_of(self, node: cst.CSTNode) -> frozenset[cst.CSTNode]:
        """Return the node's ancestors."""
        key = id(node)
        if key not in self._holders:
            self._holders[key] = frozenset(self.tree.ancestors(node))
        return self._holders[key]

    def place(self, block: cst.CSTNode, statement: cst.CSTNode) -> int:
        """Return the index of a statement in its block."""
        places = self._places.get(block)
        if places is None:
            body: Sequence[cst.CSTNode] = block.body  # type: ignore[attr-defined]
            places = self._places[block] = {id(one): place for place, one in enumerate(body)}
        return places.get(id(statement), 0)

    def leaves(self, statement: cst.CSTNode) -> bool:
        """Say whether what follows a statement in its block never runs after it."""
        known = self._leaving.get(statement)
        if known is None:
            nowhere = Paths(self, (), self.tree.module, self.tree.module)
            known = self._leaving[statement] = nowhere.compound(statement).settles
        return known


def _runs_within(child: cst.CSTNode, scope: cst.CSTNode) -> bool:
    """Say whether a direct child of a scope's node runs inside the scope.

    Decorators, defaults, annotations and base classes are evaluated outside.
    """
    return scope.__class__ not in _HEADED or child is scope.body


def _unpacked(kind: str, path: tuple[int, ...]) -> str:
    return "unpack" if path and kind in ("assign", "walrus") else kind


def _alias_name(alias: cst.ImportAlias) -> str | None:
    if alias.asname is None:
        return None
    name = alias.asname.name
    return name.value if isinstance(name, cst.Name) else None


def module_name(node: cst.ImportFrom) -> str:
    """Return the module of a ``from`` import, relative ones with their dots."""
    name = dotted(node.module) or "" if node.module is not None else ""
    return "." * len(node.relative) + name

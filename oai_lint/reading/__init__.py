"""Text in, facts out: the only package that knows libcst.

:func:`read` parses once and walks once; facts of each kind are worked out when a rule first asks
for them.  Positions are not known until :mod:`oai_lint.reading.spans` is asked for those of the
flagged nodes.
"""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

import libcst as cst

from oai_lint.facts.lifetime import Frequency, Lifetime
from oai_lint.facts.values import Call, Expr, Result
from oai_lint.kinds import Kind, kind_of
from oai_lint.reading.bindings import Binding
from oai_lint.reading.frequency import Frequencies, holds_at, reads_own, takes_prompt, varies
from oai_lint.reading.guards import Guards
from oai_lint.reading.kept import kept
from oai_lint.reading.lifetime import lifetime
from oai_lint.reading.nesting import SyntaxFault, with_room
from oai_lint.reading.parsing import parsed, refuse
from oai_lint.reading.places import Places
from oai_lint.reading.producers import PRODUCERS
from oai_lint.reading.rendering import code_of
from oai_lint.reading.reparsing import Reparser
from oai_lint.reading.roots import Roots
from oai_lint.reading.scopes import Scopes
from oai_lint.reading.sdk import is_sdk_source
from oai_lint.reading.sites import NodeSite
from oai_lint.reading.spans import Spans
from oai_lint.reading.tree import Tree, children, dotted
from oai_lint.reading.values import Evaluator
from oai_lint.rule import Confidence
from oai_lint.source import Source
from oai_lint.target import Target

T = TypeVar("T")

_BINDING = frozenset({cst.AssignTarget, cst.AsName, cst.ImportAlias})

# What Python thinks of somebody else's escape sequences is no message of ours.
for _category in (SyntaxWarning, DeprecationWarning):
    warnings.filterwarnings("ignore", "invalid (escape|octal|decimal)", _category)


class Reading:
    """One parsed file; implements :class:`oai_lint.facts.file.File` for the rules.

    Args:
        source: the file.
        module: its tree.
        target: the SDK range.
        clients: names known by configuration to be SDK clients.
        places: where nodes stand, as far as that is known already.
    """

    def __init__(
        self,
        source: Source,
        module: cst.Module,
        target: Target,
        clients: Mapping[str, str],
        places: Places | None = None,
    ) -> None:
        self.source = source
        self.path = source.path
        self.text = source.text
        self.target = target
        self.http_client = "default"
        self.annotate = False
        self.today = datetime.date.min
        self.is_test = False
        self.is_example = False
        self.module = module
        self.tree = Tree(module)
        self.spans = Spans(self.tree, source.code, places)
        self.scopes = Scopes(self.tree)
        self.evaluator = Evaluator(self.tree, self.scopes, clients)
        self.evaluator.in_sdk = self.in_sdk = is_sdk_source(self.path)
        self.evaluator.interactive = kind_of(self.path) is Kind.NOTEBOOK
        self._guards = Guards(self.tree, self.evaluator, self.text)
        self._facts: dict[type, list[Any]] = {}
        self._sites: dict[cst.CSTNode, NodeSite] = {}
        self._codes: dict[cst.CSTNode, str] = {}
        self._made: list[tuple[cst.Call, Call, str, Confidence]] | None = None
        self._used: dict[str, dict[cst.CSTNode, list[cst.CSTNode]]] = {}
        self._lifetimes: dict[cst.CSTNode, Lifetime] = {}
        self._frequencies: Frequencies | None = None

    def forget(self) -> None:
        """Let go of all that was worked out, so that the tree is freed at once.

        Facts know the evaluator that made them: only the collector would find out that nobody
        needs them, and it would look at every node in doing so.
        """
        for memo in (self._facts, self._sites, self._used, self._lifetimes):
            memo.clear()
        self._made = self._frequencies = None
        self.evaluator.forget()
        self.scopes.forget()

    # -- what rules may ask --------------------------------------------------------------------

    def all(self, kind: type[T]) -> list[T]:
        """Return the facts of one kind, in source order."""
        found = self._facts.get(kind)
        if found is None:
            self._facts[kind] = []  # a producer that asks for its own kind sees nothing
            try:
                found = self._facts[kind] = list(PRODUCERS[kind](self))
            except BaseException:
                del self._facts[kind]
                raise
        return found

    def site(self, node: cst.CSTNode) -> NodeSite:
        """Return where a node stands."""
        site = self._sites.get(node)
        if site is None:
            site = self._sites[node] = NodeSite(node, self.tree, self.evaluator, self._guards)
        return site

    def code(self, node: cst.CSTNode) -> str:
        """Return a node as text, without the trivia around it."""
        if node is self.module:
            return self.text
        code = self._codes.get(node)
        if code is None:  # asked again and again for the blocks around a node
            code = self._codes[node] = code_of(node, self.module)
        return code

    def imports(self, module: str) -> bool:
        """Say whether the file imports a module, a submodule of it or a name from it."""
        return module in self._imported

    def name_of(self, path: str, at: cst.CSTNode) -> str:
        """Return how an imported thing is spelled at a place; empty where it has no name there."""
        parts = path.split(".")
        for scope in self.scopes.enclosing(self.scopes.scope_of(at)):
            for name, bindings in self.scopes.imported.get(scope, {}).items():
                for value in (v for b in bindings for v in self.evaluator.bound(b)):
                    known = value.origin.split(".") if value.origin else [""]
                    if (
                        parts[: len(known)] == known
                        and not self._is_later(bindings, at)
                        and self._means(name, value.origin, at)
                    ):
                        return ".".join((name, *parts[len(known) :]))
        return ""

    def is_free(self, name: str, at: cst.CSTNode) -> bool:
        """Say whether no scope around a place binds a name."""
        scopes = self.scopes.enclosing(self.scopes.scope_of(at))
        return not any(name in self.scopes.bindings.get(scope, {}) for scope in scopes)

    def uses(self, value: cst.CSTNode) -> list[cst.CSTNode]:
        """Return the places that read the names to which a node's value is assigned."""
        return [use for name in self.site(value).names for use in self.uses_of(name, value)]

    def uses_of(self, name: str, bound: cst.CSTNode) -> Sequence[cst.CSTNode]:
        """Return the reads of a name where a node may be what binds it, or the value bound."""
        found = self._used.get(name)
        if found is None:
            found = self._used[name] = {}
            for use in self._reads(name):
                reached = self.scopes.reaching(use, name)
                for node in {node for b in reached for node in (b.value, b.node) if node}:
                    found.setdefault(node, []).append(use)
        return found.get(bound, ())

    def is_bound_once(self, name: cst.CSTNode) -> bool:
        """Say whether a name that is read can come from one statement only."""
        return isinstance(name, cst.Name) and len(self.scopes.reaching(name, name.value)) == 1

    def lifetime(self, node: cst.CSTNode) -> Lifetime:
        """Return what becomes of the object that an expression makes."""
        known = self._lifetimes.get(node)
        if known is None:
            known = self._lifetimes[node] = lifetime(self, node)
        return known

    def kept(self, node: cst.CSTNode) -> Lifetime | None:
        """Return what becomes of an object that ``self.x = …`` keeps, in all methods of its class.

        None where that is not all seen.
        """
        return kept(self, node)

    def frequency(self, node: cst.CSTNode) -> Frequency:
        """Return how often a place is run."""
        if self._frequencies is None:
            self._frequencies = Frequencies(self)
        return self._frequencies.of(node)

    def varies(self, node: cst.CSTNode, within: cst.CSTNode) -> bool:
        """Say whether what a node gives may differ each time that ``within`` runs.

        It may where the node reads a name that is bound in there, or calls anything but a reader
        of the environment.
        """
        return varies(self, node, within)

    def reads_own(self, node: cst.CSTNode, within: cst.CSTNode) -> bool:
        """Say whether a node reads a name that is bound inside ``within``."""
        return reads_own(self, node, within)

    def holds_at(self, node: cst.CSTNode, place: cst.CSTNode) -> bool:
        """Say whether all that a node reads is there at another place, bound by the same."""
        return holds_at(self, node, place)

    def top_level(self, node: cst.CSTNode) -> cst.CSTNode:
        """Return the statement of the module that holds a node."""
        return [node, *self.tree.ancestors(node)][-2]

    def inside(self, node: cst.CSTNode, outer: cst.CSTNode) -> bool:
        """Say whether a node is part of another."""
        return self.tree.inside(node, outer)

    def exclusive(self, one: cst.CSTNode, other: cst.CSTNode) -> bool:
        """Say whether two places stand in branches of which only one is run."""
        for parent in self.tree.ancestors(one):
            if isinstance(parent, cst.If) and self.tree.inside(other, parent):
                return self.tree.inside(one, parent.body) != self.tree.inside(other, parent.body)
            if isinstance(parent, cst.Try) and self.tree.inside(other, parent):
                return self.tree.inside(one, parent.body) != self.tree.inside(other, parent.body)
            if self.tree.inside(other, parent):
                return False
        return False

    def ready(self, node: cst.CSTNode, statement: cst.CSTNode) -> bool:
        """Say whether all that a node reads of the module is bound before a statement of it."""
        start = self.tree.order[statement]
        known = self.scopes.bindings.get(self.module, {})
        stack = [node]
        while stack:
            current = stack.pop()
            if isinstance(current, cst.Name):
                bindings = known.get(current.value, ())
                if bindings and min(self.tree.order[b.node] for b in bindings) >= start:
                    return False
            stack.extend(children(current))
        return True

    def block(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """Return the block that the statement around a node is a member of."""
        return self.tree.parents.get(self.tree.statement(node))

    def module_value(self, name: str) -> str | None:
        """Return the code that a module-level name is worth; empty for other bindings of it."""
        bindings = self.scopes.bindings.get(self.module, {}).get(name)
        if not bindings:
            return None
        value = bindings[0].value
        plain = len(bindings) == 1 and bindings[0].kind == "assign" and value is not None
        return self.code(value) if plain and value is not None else ""

    def prompt(self, node: cst.CSTNode) -> str:
        """Return the parameter of the function around a node that looks like a prompt."""
        return takes_prompt(self.tree.function(node))

    # -- what producers may ask ----------------------------------------------------------------

    def expr(self, node: cst.CSTNode) -> Expr:
        """Wrap an expression."""
        return self.evaluator.expr(node)

    def may_matter(self, node: cst.CSTNode) -> bool:
        """Say whether an expression may lead to imported code, told at little cost."""
        return self._roots.may_matter(node)

    def made(self) -> list[tuple[cst.Call, Call, str, Confidence]]:
        """Return every call of imported code: node, arguments, origin with ``()``, confidence."""
        if self._made is None:
            self._made = []
            values, may_matter = self.evaluator.values, self._roots.may_matter
            for node in self.tree.nodes.get(cst.Call, ()):
                assert isinstance(node, cst.Call)
                if not may_matter(node.func):
                    continue
                for callee in values(node.func):
                    if not callee.origin:
                        continue
                    if callee.origin == "functools.partial()":
                        continue
                    call = self.evaluator.call(node)
                    origin = f"{callee.origin}()"
                    self._made.append((node, call, origin, callee.confidence))
                    break
        return self._made

    def variable(self, name: str) -> Expr | None:
        """Return what this file sets an environment variable to, if it does."""
        found = None
        if name not in self.text:
            return None
        for node in self.tree.nodes.get(cst.AssignTarget, ()):
            assert isinstance(node, cst.AssignTarget)
            target = node.target
            if (
                isinstance(target, cst.Subscript)
                and self.evaluator.origin(target.value) == "os.environ"
                and self.evaluator.index(target) == name
            ):
                assign = self.tree.parents[node]
                assert isinstance(assign, cst.Assign)
                found = self.expr(assign.value)
        for _, call, origin, _ in self.made():
            setting = origin in ("os.environ.setdefault()", "os.putenv()")
            if setting and len(call.positional) == 2 and call.positional[0].literal == name:
                found = call.positional[1].expr
        return found

    # -- inside --------------------------------------------------------------------------------

    @cached_property
    def _roots(self) -> Roots:
        return Roots(self.tree, self.scopes)

    @cached_property
    def _imported(self) -> frozenset[str]:
        """Every module, and every prefix of its path, that the file imports."""
        return frozenset(
            name[:end]
            for name in self._imported_modules()
            for end in (*(i for i, c in enumerate(name) if c == "."), len(name))
        )

    def _imported_modules(self) -> Iterator[str]:
        for node in self.tree.nodes.get(cst.Import, ()):
            assert isinstance(node, cst.Import)
            for alias in node.names:
                yield dotted(alias.name) or ""
        for node in self.tree.nodes.get(cst.ImportFrom, ()):
            assert isinstance(node, cst.ImportFrom)
            if node.module is not None and not node.relative:
                module = dotted(node.module) or ""
                yield module
                if not isinstance(node.names, cst.ImportStar):
                    for alias in node.names:
                        yield f"{module}.{dotted(alias.name)}"

    def _is_later(self, bindings: Sequence[Binding], at: cst.CSTNode) -> bool:
        """Say whether a place of the module's own body is run before a name is bound."""
        if self.tree.function(at) is not None:
            return False
        return all(self.tree.order[binding.node] > self.tree.order[at] for binding in bindings)

    def _means(self, name: str, origin: str, at: cst.CSTNode) -> bool:
        bindings = self.scopes.reaching(at, name)
        origins = {v.origin for b in bindings for v in self.evaluator.bound(b)}
        return origins == {origin}

    def _reads(self, name: str) -> Iterator[cst.CSTNode]:
        root, _, rest = name.partition(".")
        for node in self.tree.named(root):
            whole: cst.CSTNode = node
            for part in rest.split(".") if rest else ():
                parent = self.tree.parents.get(whole)
                if not (isinstance(parent, cst.Attribute) and parent.attr.value == part):
                    break
                whole = parent
            else:
                parent = self.tree.parents.get(whole)
                if type(parent) in _BINDING:
                    continue
                if type(parent) is cst.Param and parent.default is not whole:
                    continue
                if type(parent) is cst.Attribute and parent.attr is whole:
                    continue
                if type(parent) is cst.Arg and parent.keyword is whole:
                    continue
                yield whole


def read(
    source: Source,
    target: Target | None = None,
    clients: Mapping[str, str] | None = None,
    reparser: Reparser | None = None,
) -> Reading:
    """Parse a file; no more than was edited of one that ``reparser`` remembers.

    Raises:
        SyntaxFault: the text is not Python, or nested deeper than the parser can go.
    """
    module = reparser.updated(source.code) if reparser is not None else None
    if module is None:
        module = parsed(source)
        if reparser is not None:
            reparser.keep(source.code, module)
    places = None if reparser is None else reparser.places
    reading = Reading(source, module, target or Target(), clients or {}, places)
    refuse(reading.tree, reading.spans)
    return reading


__all__ = [
    "PRODUCERS",
    "Reading",
    "Reparser",
    "Result",
    "SyntaxFault",
    "parsed",
    "read",
    "with_room",
]

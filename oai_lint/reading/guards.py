"""Whether code is guarded: run with some versions of the SDK only, or meant to fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import libcst as cst

from oai_lint.facts.values import Literal, LocalFunction
from oai_lint.reading.tree import Tree, below, dotted
from oai_lint.reading.values import Evaluator

_MISSING = frozenset({"ImportError", "ModuleNotFoundError"})
_ABSENT = _MISSING | {"AttributeError"}
_MISUSE = _ABSENT | {"TypeError", "ValueError", "APIRemovedInV1"}
_EXPECTING = re.compile(r"(^|\.)(raises|assertRaises|assertRaisesRegex)$")
_WARNED = re.compile(r"(^|\.)(warns|assertWarns|assertWarnsRegex)$")
_DEPRECATIONS = frozenset({"DeprecationWarning", "PendingDeprecationWarning"})
_VERSION_NAME = re.compile(r"(openai|httpx|sdk).*(version|v\d|legacy|new|old)|version|is_v\d", re.I)
# Without one of these in its text, in lower case, no test of a file asks for a version.
_HINTS = ("version", "is_v", "get_distribution", "hasattr", "importerror", "modulenotfounderror")
_LIBRARIES = ("openai", "httpx", "sdk")
_VERSIONED = re.compile(r"v\d|legacy|new|old")
# Classes, not isinstance, which is several times slower on libcst's abstract classes.
_GUARDING = frozenset({
    cst.If, cst.IfExp, cst.Try, cst.ExceptHandler, cst.With, cst.FunctionDef, cst.ClassDef,
})  # fmt: skip
_IMPORTS = frozenset({cst.Import, cst.ImportFrom})
# The module, or a client and its groups of methods: not what a call gives.
_OF_SDK = re.compile(r"openai(\.(Async)?(Azure)?OpenAI\(\)(\.\w+)*)?$")
_MOST_CALLERS = 3
"""How many steps up the callers of a private function are followed."""
_EXITS = (cst.Return, cst.Raise, cst.Continue, cst.Break)
_VERSION_CALLS = (
    "importlib.metadata.version()", "importlib_metadata.version()", "packaging.version.parse()",
    "packaging.version.Version()", "pkg_resources.get_distribution()",
    "pkg_resources.parse_version()",
)  # fmt: skip
# Back since 1.2 as placeholders that raise: finding them says nothing about the version.
_PLACEHOLDERS = frozenset({
    "ChatCompletion", "Completion", "Embedding", "Audio", "Image", "Edit", "Moderation", "File",
    "Model", "FineTune", "FineTuningJob", "Engine", "Deployment", "Customer", "ErrorObject",
})  # fmt: skip


class Guards:
    """Answers for one file.

    Args:
        tree: the file's tree.
        evaluator: its values.
        text: the file.
    """

    def __init__(self, tree: Tree, evaluator: Evaluator, text: str) -> None:
        self._tree = tree
        self._text = text
        self._evaluator = evaluator
        self._exits: dict[cst.CSTNode, int | None] = {}
        self._guarded: dict[tuple[cst.CSTNode, bool, int], bool] = {}
        self._asked: dict[cst.CSTNode, bool] = {}

    @cached_property
    def _speaks_of_versions(self) -> bool:
        return _speaks_of_versions(self._text)

    def guarded(self, node: cst.CSTNode, depth: int = 0, *, importing: bool = False) -> bool:
        """Say whether code runs with some versions of the SDK only, or is meant to fail."""
        child, parent = node, self._tree.parents.get(node)
        importing = importing or type(node) in _IMPORTS
        while parent is not None:
            if type(parent) is cst.IndentedBlock or type(parent) is cst.Module:
                key = child, importing, depth  # the same for all that stands in this statement
                known = self._guarded.get(key)
                if known is None:
                    known = self._guarded[key] = self._guards(
                        parent, child, importing, depth
                    ) or self.guarded(parent, depth, importing=importing)
                return known
            importing = importing or type(parent) in _IMPORTS
            if type(parent) in _GUARDING and self._guards(parent, child, importing, depth):
                return True
            child, parent = parent, self._tree.parents.get(parent)
        return False

    def _guards(self, node: cst.CSTNode, child: cst.CSTNode, importing: bool, depth: int) -> bool:
        """Say whether a node guards what stands in one of its children."""
        if type(node) is cst.IndentedBlock or type(node) is cst.Module:
            line = self._left_at(node)
            return line is not None and any(child is late for late in node.body[line + 1 :])
        if type(node) is cst.If or type(node) is cst.IfExp:
            return child is not node.test and self._asks_version(node.test)
        if type(node) is cst.Try:
            return child is node.body and importing and self._catches(node, _MISSING)
        if type(node) is cst.ExceptHandler:
            outer = self._tree.parents.get(node)
            return isinstance(outer, cst.Try) and self._is_fallback(node, outer)
        if type(node) is cst.With:
            return child is node.body and any(map(_wants_failure, node.items))
        if type(node) is cst.FunctionDef or type(node) is cst.ClassDef:
            if any(self._asks_version(d.decorator) for d in node.decorators):
                return True
            return type(node) is cst.FunctionDef and self._helps_guarded(node, depth)
        return False

    def wants_deprecation(self, node: cst.CSTNode) -> bool:
        """Say whether a test wants its block to warn of something deprecated."""
        child = node
        for parent in self._tree.ancestors(node):
            if isinstance(parent, (cst.FunctionDef, cst.Lambda)):
                return False
            if (
                isinstance(parent, cst.With)
                and child is parent.body
                and any(map(_wants_deprecation, parent.items))
            ):
                return True
            child = parent
        return False

    def _helps_guarded(self, function: cst.FunctionDef, depth: int) -> bool:
        """Say whether a private function of the module is used in guarded places only."""
        name = function.name.value
        if (
            depth >= _MOST_CALLERS
            or not name.startswith("_")
            or not isinstance(self._tree.parents.get(function), cst.Module)
        ):
            return False
        uses = [
            use
            for use in self._tree.named(name)
            if use is not function.name and not self._tree.inside(use, function)
        ]
        return bool(uses) and all(self.guarded(use, depth + 1) for use in uses)

    def _catches(self, node: cst.Try, names: frozenset[str]) -> bool:
        return any(names & set(_names(handler.type)) for handler in node.handlers if handler.type)

    def _is_fallback(self, handler: cst.ExceptHandler, outer: cst.Try) -> bool:
        if handler.type is None or not _ABSENT & set(_names(handler.type)):
            return False
        return any(
            "openai" in (dotted(node) or "") or _OF_SDK.match(self._evaluator.origin(node))
            for node in below(outer.body)
            if isinstance(node, (cst.Name, cst.Attribute))
        )

    def _left_at(self, block: cst.IndentedBlock | cst.Module) -> int | None:
        """Return the first statement of a block after which only some versions go on."""
        if not self._speaks_of_versions:
            return None
        if block not in self._exits:
            self._exits[block] = next(
                (
                    index
                    for index, statement in enumerate(block.body)
                    if self._leaves(statement) or self._insists(statement)
                ),
                None,
            )
        return self._exits[block]

    def _leaves(self, statement: cst.CSTNode) -> bool:
        """Say whether a statement leaves the block on some versions."""
        return (
            type(statement) is cst.If
            and type(statement.body) is cst.IndentedBlock
            and bool(statement.body.body)
            and isinstance(statement.body.body[-1], cst.SimpleStatementLine)
            and isinstance(statement.body.body[-1].body[-1], _EXITS)
            and self._asks_version(statement.test)
        )

    def _insists(self, statement: cst.CSTNode) -> bool:
        """Say whether a statement asserts a version, also one that tries to."""
        if type(statement) is cst.Try:
            return any(map(self._insists, statement.body.body))
        return type(statement) is cst.SimpleStatementLine and any(
            type(small) is cst.Assert and self._asks_version(small.test) for small in statement.body
        )

    def _asks_version(self, test: cst.CSTNode, depth: int = 0) -> bool:
        """Say whether an expression depends on which version of a library is installed."""
        if not self._speaks_of_versions:
            return False
        if depth:
            return self._asks(test, depth)
        known = self._asked.get(test)
        if known is None:
            known = self._asked[test] = self._asks(test, depth)
        return known

    def _asks(self, test: cst.CSTNode, depth: int) -> bool:
        for node in below(test):
            if type(node) is cst.Name:
                if depth < 3 and self._is_flag(node, depth):
                    return True
            elif type(node) is cst.Attribute:
                name = dotted(node) or ""
                if name.endswith(("__version__", ".VERSION", ".version_info")):
                    return True
            elif type(node) is cst.Call and self._call_asks_version(node, depth):
                return True
        return False

    def _call_asks_version(self, node: cst.Call, depth: int) -> bool:
        origin = self._evaluator.origin(node)
        if origin in _VERSION_CALLS:
            return True
        if origin == "builtins.hasattr()" and len(node.args) == 2:
            call = self._evaluator.call(node)
            name = call.positional[1].literal if len(call.positional) == 2 else None
            owner = call.positional[0].expr.origin
            return bool(_OF_SDK.match(owner)) and name not in _PLACEHOLDERS
        for value in self._evaluator.values(node.func):
            if isinstance(value, LocalFunction) and depth < 3:
                return any(
                    isinstance(inner, cst.Return)
                    and inner.value is not None
                    and self._asks_version(inner.value, depth + 1)
                    for inner in below(value.node.body)
                )
        name = dotted(node.func) or ""
        return bool(_VERSION_NAME.search(name.rpartition(".")[2])) and "openai" in name.lower()

    def _is_flag(self, node: cst.Name, depth: int) -> bool:
        bindings = self._evaluator.scopes.reaching(node, node.value)
        for binding in bindings:
            if binding.kind == "from" and isinstance(binding.node, cst.ImportAlias):
                name = dotted(binding.node.name) or ""
                if _VERSION_NAME.search(name) or _VERSION_NAME.search(node.value):
                    return True
            if binding.kind != "assign" or binding.value is None:
                continue
            constants = self._evaluator.values(binding.value)
            if len(bindings) > 1 and all(
                isinstance(value, Literal) and (value.value is None or value.value in (True, False))
                for value in constants
            ):
                if self._set_by_import(binding.node, depth):
                    return True
            elif self._asks_version(binding.value, depth + 1):
                return True
        return False

    def _set_by_import(self, node: cst.CSTNode, depth: int) -> bool:
        """Say whether an assignment depends on whether an import of openai succeeded."""
        for parent in self._tree.ancestors(node):
            if type(parent) is cst.Try and self._catches(parent, _MISSING):
                return any(_is_of_sdk(inner) for inner in below(parent.body))
            if type(parent) is cst.If and self._asks_version(parent.test, max(depth + 1, 2)):
                return True
        return False


def _speaks_of_versions(text: str) -> bool:
    """Say whether a text may hold what :data:`_VERSION_NAME` or a test for versions looks for.

    Substrings first: an expression that ignores case takes a hundred times as long.
    """
    text = text.lower()
    if any(hint in text for hint in _HINTS):
        return True
    for library in _LIBRARIES:
        at = text.find(library)
        while at >= 0:
            end = text.find("\n", at)
            if _VERSIONED.search(text, at, end if end >= 0 else len(text)):
                return True
            at = text.find(library, end) if end >= 0 else -1
    return False


def _is_of_sdk(node: cst.CSTNode) -> bool:
    """Say whether a statement imports a library whose version matters."""
    names: list[cst.CSTNode] = []
    if isinstance(node, cst.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, cst.ImportFrom) and node.module is not None and not node.relative:
        names = [node.module]
    roots = {(dotted(name) or "").split(".")[0] for name in names}
    return bool(roots & {"openai", "httpx", "httpx2", "importlib", "packaging"})


def _wants_failure(item: cst.WithItem) -> bool:
    """Say whether a test wants its block to misuse a library: ``with pytest.raises(TypeError)``."""
    call = item.item
    if not isinstance(call, cst.Call) or not _EXPECTING.search(dotted(call.func) or ""):
        return False
    return bool(call.args) and bool(_MISUSE & set(_names(call.args[0].value)))


def _wants_deprecation(item: cst.WithItem) -> bool:
    """Say whether a test wants its block to warn: ``with pytest.warns(DeprecationWarning)``."""
    call = item.item
    if not isinstance(call, cst.Call):
        return False
    name = dotted(call.func) or ""
    if name.endswith("deprecated_call"):
        return True
    return (
        bool(_WARNED.search(name))
        and bool(call.args)
        and bool(_DEPRECATIONS & set(_names(call.args[0].value)))
    )


def _names(node: cst.CSTNode) -> Iterator[str]:
    """Yield the last parts of the exception names in a handler's type."""
    if isinstance(node, cst.Tuple):
        for element in node.elements:
            yield from _names(element.value)
    else:
        name = dotted(node)
        if name is not None:
            yield name.rpartition(".")[2]

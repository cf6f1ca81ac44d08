"""What expressions are worth: names followed to their bindings, calls to where they come from."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import libcst as cst

from oai_lint.facts.values import (
    UNKNOWN,
    Argument,
    Attribute,
    Call,
    Entry,
    Environment,
    Expr,
    Imported,
    Item,
    Items,
    Literal,
    LocalClass,
    LocalFunction,
    LocalObject,
    Parameter,
    Result,
    Text,
    Unknown,
    Value,
)
from oai_lint.facts.values import Mapping as MappingValue
from oai_lint.reading.scopes import Binding, Scopes, module_name
from oai_lint.reading.tree import Tree, dotted
from oai_lint.rule import Confidence

Values = tuple[Value, ...]

MOST_VALUES = 12
"""An expression with more possible values than this is unknown."""

_NEVER = 1 << 60


class _Pending(tuple):  # type: ignore[type-arg]
    """No values yet: they are being worked out ``depth`` steps up."""

    depth: int

    def __new__(cls, depth: int) -> _Pending:
        self = super().__new__(cls)
        self.depth = depth
        return self


# A string that says what it is without being compiled, which takes ten times as long.
_PLAIN_STRING = re.compile(r"""("|')([^"'\\\r\n]*)\1""")
# Same object, other door.
_SYNONYMS = {
    "openai.Client": "openai.OpenAI",
    "openai.AsyncClient": "openai.AsyncOpenAI",
    "openai._client.OpenAI": "openai.OpenAI",
    "openai._client.AsyncOpenAI": "openai.AsyncOpenAI",
    "openai._base_client.DefaultHttpxClient": "openai.DefaultHttpxClient",
    "openai._base_client.DefaultAsyncHttpxClient": "openai.DefaultAsyncHttpxClient",
    "openai._base_client.SyncHttpxClientWrapper": "openai.DefaultHttpxClient",
    "openai._base_client.AsyncHttpxClientWrapper": "openai.DefaultAsyncHttpxClient",
    "openai.lib.azure.AzureOpenAI": "openai.AzureOpenAI",
    "openai.lib.azure.AsyncAzureOpenAI": "openai.AsyncAzureOpenAI",
    "requests.session": "requests.Session",
    "requests.sessions.Session": "requests.Session",
    "requests.sessions.session": "requests.Session",
    "requests.api": "requests",
    "httpx._client.Client": "httpx.Client",
    "httpx._client.AsyncClient": "httpx.AsyncClient",
    "aiohttp.client.ClientSession": "aiohttp.ClientSession",
    "os.environb": "os.environ",
}
# Calls that hand their first argument on unchanged, as far as we are concerned.
_TRANSPARENT = {
    "typing.cast": 1,
    "builtins.str": 0,
    "asyncio.run": 0,
    "asyncio.wait_for": 0,
    "asyncio.ensure_future": 0,
    "asyncio.create_task": 0,
    "asyncio.shield": 0,
    "copy.copy": 0,
    "copy.deepcopy": 0,
    "builtins.iter": 0,
    "asgiref.sync.sync_to_async": 0,
}
_API_RESULT = re.compile(r"openai\.(\w+\(\)\.)?[\w.]*\w\(\)")
# The same things in another order or container.
_SAME_ITEMS = frozenset({
    "builtins.list", "builtins.tuple", "builtins.sorted", "builtins.reversed",
})  # fmt: skip
_LIBRARIES = frozenset({"openai", "httpx", "httpx2", "requests", "aiohttp"})
# Functions that run another one in a thread, and where that stands among their arguments.
_THREADS = {"to_thread": 0, "run_in_executor": 1, "run_in_threadpool": 0, "run_sync": 0}
_ENTERS = (
    "contextlib.ExitStack().enter_context", "contextlib.AsyncExitStack().enter_context",
    "contextlib.AsyncExitStack().enter_async_context",
)  # fmt: skip
_ENTERED = ("contextlib.closing()", "contextlib.aclosing()")
_KEEPS_RESULT = {
    "staticmethod", "classmethod", "property", "cached_property", "functools.cached_property",
    "functools.cache", "functools.lru_cache", "cache", "lru_cache", "abstractmethod",
    "abc.abstractmethod", "override", "typing.override", "st.cache_resource",
    "streamlit.cache_resource", "pytest.fixture", "retry", "tenacity.retry", "backoff.on_exception",
}  # fmt: skip
_MANAGERS = {
    "contextlib.contextmanager", "contextlib.asynccontextmanager", "contextmanager",
    "asynccontextmanager",
}  # fmt: skip
_TEXT_METHODS = {
    "strip", "lstrip", "rstrip", "lower", "upper", "replace", "removesuffix", "removeprefix",
    "title", "encode", "decode",
}  # fmt: skip


class Evaluator:
    """Works out values on demand and remembers them by node.

    Args:
        tree: the module.
        scopes: its bindings.
        clients: names of the project known by configuration to be SDK clients.
    """

    def __init__(self, tree: Tree, scopes: Scopes, clients: Mapping[str, str]) -> None:
        self.tree = tree
        self.scopes = scopes
        self.clients = clients
        self.in_sdk = False
        self.interactive = False
        """Whether a person runs the top level, which may await then: a notebook."""
        self._memo: dict[cst.CSTNode, Values] = {}
        self._bound: dict[int, Values] = {}
        self._depth = 0
        self._lowest = _NEVER
        self._patience = 5_000
        self._calls: dict[cst.CSTNode, Call] = {}
        self._appends: dict[str, list[cst.Call]] | None = None
        self._writes: dict[str, list[_Write]] | None = None
        self._at: dict[cst.CSTNode, frozenset[int]] = {}
        self._attributes: dict[cst.ClassDef, dict[str, list[Binding]]] = {}

    # -- doors -------------------------------------------------------------------------------

    def expr(self, node: cst.CSTNode) -> Expr:
        """Wrap a node for the rules."""
        return Expr(node, self.values)

    def values(self, node: cst.CSTNode) -> Values:
        """Return what the expression may be worth."""
        known = self._memo.get(node)
        if known is None:
            known = self._remembered(self._memo, node, self._evaluate, node)
        elif known.__class__ is _Pending:
            self._lowest = min(self._lowest, known.depth)
        return known

    def _remembered(
        self, memo: dict[Any, Values], key: Any, work: Callable[[Any], Iterable[Value]], about: Any
    ) -> Values:
        """Work values out and remember them; going round in a cycle adds nothing.

        What was found inside a cycle that is still being gone round is not all there is, and is
        not remembered (but for a limit that keeps knots of cycles from taking for ever).
        """
        self._depth = depth = self._depth + 1
        memo[key] = _Pending(depth)
        try:
            found = _distinct(work(about))
        except BaseException:
            del memo[key]
            raise
        finally:
            self._depth = depth - 1
        if len(found) > MOST_VALUES:
            found = (Unknown(found[0].node),)
        if self._lowest < depth and self._patience:
            self._patience -= 1
            del memo[key]
        else:
            if self._lowest == depth:
                self._lowest = _NEVER
            memo[key] = found
        return found

    def origin(self, node: cst.CSTNode) -> str:
        """Return the one origin of the expression, or nothing."""
        origins = {value.origin for value in self.values(node) if not _is_none(value)}
        return origins.pop() if len(origins) == 1 else ""

    def call(self, node: cst.Call) -> Call:
        """Return a call with its arguments, a readable ``**mapping`` spread out."""
        known = self._calls.get(node)
        if known is None:
            known = self._calls[node] = self._read_call(node, node.args)
        return known

    def forget(self) -> None:
        """Let go of all values, which know the evaluator."""
        for memo in (self._memo, self._bound, self._calls, self._at):
            memo.clear()
        self._appends = self._writes = None

    # -- expressions -------------------------------------------------------------------------

    def _evaluate(self, node: cst.CSTNode) -> Iterable[Value]:
        method = _EVALUATE.get(node.__class__)
        return (Unknown(node),) if method is None else method(self, node)

    def _simple(self, node: cst.SimpleString | cst.BaseNumber) -> Iterable[Value]:
        return (Literal(node, _constant(node)),)

    def _string(self, node: cst.CSTNode) -> Iterable[Value]:
        return self._text(node, self._parts(node))

    def _either(self, node: cst.IfExp) -> Iterable[Value]:
        return (*self.values(node.body), *self.values(node.orelse))

    def _walrus(self, node: cst.NamedExpr) -> Iterable[Value]:
        return self.values(node.value)

    def _awaited(self, node: cst.Await) -> Iterable[Value]:
        return self.values(node.expression)

    def _items(self, node: cst.Tuple | cst.List | cst.Set) -> Iterable[Value]:
        if any(isinstance(element, cst.StarredElement) for element in node.elements):
            return (Unknown(node),)
        items = tuple(self.expr(element.value) for element in node.elements)
        return (Items(node, items, type(node).__name__.lower()),)

    def _name(self, node: cst.Name) -> Iterable[Value]:
        if node.value in ("True", "False", "None"):
            return (Literal(node, {"True": True, "False": False, "None": None}[node.value]),)
        bindings = self.scopes.reaching(node, node.value)
        if not bindings:
            return (self._free(node, node.value),)
        found: list[Value] = []
        for binding in bindings:
            found += self._from(binding)
        return self._with_writes(node.value, node, found)

    def _free(self, node: cst.CSTNode, name: str) -> Value:
        """Return the value of a name that nothing in the file binds."""
        if "openai" in self.scopes.star_imports and (name[:1].isupper() or name == "error"):
            return Imported(node, _SYNONYMS.get(f"openai.{name}", f"openai.{name}"))
        if hasattr(builtins, name):
            return Imported(node, f"builtins.{name}")
        if name == "os" and self.scopes.star_imports:
            return Imported(node, name)  # who exports the name means the module
        return Unknown(node)

    def _from(self, binding: Binding) -> Values:
        key = id(binding.node)
        known = self._bound.get(key)
        if known is None:
            known = self._remembered(self._bound, key, self._bind, binding)
        elif known.__class__ is _Pending:
            self._lowest = min(self._lowest, known.depth)
        return known

    def _bind(self, binding: Binding) -> Iterable[Value]:
        node, value = binding.node, binding.value
        match binding.kind:
            case "import":
                assert isinstance(node, cst.ImportAlias)
                name = dotted(node.name) or ""
                return (self._imported(node, name if node.asname else name.split(".")[0]),)
            case "from":
                assert isinstance(node, cst.ImportAlias) and isinstance(value, cst.ImportFrom)
                return (self._imported(node, f"{module_name(value)}.{dotted(node.name)}"),)
            case "declared":
                return self._annotated(value) if value is not None else ()
            case "assign" | "walrus" | "global" | "augmented":
                found = self.values(value) if value is not None else ()
                holder = self.tree.parents.get(node)
                if isinstance(holder, cst.AnnAssign) and all(map(_is_foreign, found)):
                    declared = tuple(self._annotated(holder.annotation))
                    return found if all(map(_is_foreign, declared)) else declared
                return found
            case "unpack":
                return self._unpack(value, binding.path, node)
            case "for":
                return self._element(value, binding.path, node)
            case "with":
                return self._entered(value, node)
            case "param":
                assert isinstance(node, cst.Param)
                return self._parameter(node, binding.scope)
            case "def":
                return (LocalFunction(node),)
            case "class":
                return (LocalClass(node),)
            case "del":
                return ()
        return (Unknown(node),)

    def _imported(self, node: cst.CSTNode, name: str) -> Value:
        name = _SYNONYMS.get(name, name)
        for known, cls in self.clients.items():
            if name == known or (name.startswith(".") and known.endswith("." + name.lstrip("."))):
                return Result(node, Imported(node, f"openai.{cls}"))
        if self.in_sdk and name.split(".")[0] == "openai":
            return Imported(node, f".{name}")
        return Imported(node, name)

    def _unpack(
        self, value: cst.CSTNode | None, path: tuple[int, ...], node: cst.CSTNode
    ) -> Iterable[Value]:
        current = self.values(value) if value is not None else ()
        for index in path:
            step: list[Value] = []
            for one in current:
                if isinstance(one, Items) and index < len(one.items):
                    step += one.items[index].values
                elif one.origin:
                    step.append(Item(node, one, index))
                else:
                    step.append(Unknown(node))
            current = tuple(step)
        return current

    def _element(
        self, value: cst.CSTNode | None, path: tuple[int, ...], node: cst.CSTNode
    ) -> Iterable[Value]:
        found: list[Value] = []
        for one in self.values(value) if value is not None else ():
            if isinstance(one, Items):
                for item in one.items:
                    found += self._unpack(item.node, path, node) if path else item.values
                if one.kind == "list" and value is not None:
                    for item_node in self._appended(value):
                        found += (
                            self._unpack(item_node, path, node) if path else self.values(item_node)
                        )
            elif one.origin == "builtins.enumerate()" and path[:1] == (1,):
                assert isinstance(one, Result)
                if one.call is not None and one.call.positional:
                    inner = one.call.positional[0].expr.node
                    found += self._element(inner, path[1:], node)
            elif one.origin == "builtins.zip()" and path:
                assert isinstance(one, Result)
                if one.call is not None and path[0] < len(one.call.positional):
                    inner = one.call.positional[path[0]].expr.node
                    found += self._element(inner, path[1:], node)
                else:
                    found.append(Unknown(node))
            elif one.origin and not path:
                found.append(Item(node, one, UNKNOWN))
            else:
                found.append(Unknown(node))
        return found

    def _appended(self, owner: cst.CSTNode) -> Iterator[cst.BaseExpression]:
        """Yield what may have been appended to a list of this name before it is read."""
        name = dotted(owner)
        if name is None:
            return
        if self._appends is None:
            self._appends = {}
            for call in self.tree.nodes.get(cst.Call, ()):
                assert isinstance(call, cst.Call)
                func = call.func
                if (
                    isinstance(func, cst.Attribute)
                    and func.attr.value == "append"
                    and len(call.args) == 1
                    and (known := dotted(func.value)) is not None
                ):
                    self._appends.setdefault(known, []).append(call)
        for call in self._appends.get(name, ()):
            assert isinstance(call.func, cst.Attribute)
            if any(self._happening([_Write(call.func.value, "append")], owner, name)):
                yield call.args[0].value

    def _entered(self, value: cst.CSTNode | None, node: cst.CSTNode) -> Iterable[Value]:
        if isinstance(value, cst.Call):
            for callee in self.values(value.func):
                if isinstance(callee, LocalFunction):
                    return self._yielded(callee.node)
        found: list[Value] = []
        for one in self.values(value) if value is not None else ():
            if isinstance(one, Result) and one.origin in _ENTERED and one.call is not None:
                found += one.call.positional[0].values if one.call.positional else ()
            else:
                found.append(one)
        return found

    def _yielded(self, function: cst.FunctionDef) -> Iterable[Value]:
        decorators = {self._decorator(d) for d in function.decorators}
        if not decorators & _MANAGERS:
            return (Unknown(function),)
        found: list[Value] = []
        for node in self.tree.nodes.get(cst.Yield, ()):
            assert isinstance(node, cst.Yield)
            if self.tree.function(node) is function and isinstance(node.value, cst.BaseExpression):
                found += self.values(node.value)
        return found or (Unknown(function),)

    def _parameter(self, node: cst.Param, function: cst.CSTNode) -> Iterable[Value]:
        if node.star in ("*", "**"):
            return (Unknown(node),)
        name = node.name.value
        if isinstance(function, cst.Lambda):
            source = self._fed(function)
            if source is not None:
                elements = self._element(source, (), node)
                if all(_API_RESULT.match(value.origin) for value in elements):
                    return elements
        found = [
            replace(value, confidence=Confidence.MEDIUM)
            for value in (self._annotated(node.annotation.annotation) if node.annotation else ())
            if value.origin and not value.origin.startswith("builtins.")
        ]
        if found:
            return found
        if node.default is not None:
            default = self.expr(node.default)
            if default.literal is None:
                return (Parameter(node, name, function, default),)
            if not any(isinstance(value, Unknown) for value in default.values):
                return [self._by_default(value) for value in default.values]
            return (Parameter(node, name, function, default),)
        return (Parameter(node, name, function),)

    def _by_default(self, value: Value) -> Value:
        """Return a default as what a parameter may be: callers may fill a mapping otherwise."""
        confidence = min(value.confidence, Confidence.MEDIUM)
        if isinstance(value, MappingValue):
            entries = tuple(replace(entry, certain=False) for entry in value.entries)
            return replace(value, entries=entries, open=True, confidence=confidence)
        return replace(value, confidence=confidence)

    def _fed(self, function: cst.Lambda) -> cst.CSTNode | None:
        """Return what a lambda's one parameter runs over: ``sorted(x, key=lambda …)``."""
        argument = self.tree.parents.get(function)
        call = self.tree.parents.get(argument) if isinstance(argument, cst.Arg) else None
        if not isinstance(call, cst.Call) or not isinstance(argument, cst.Arg):
            return None
        name = call.func.value if isinstance(call.func, cst.Name) else ""
        if name in ("sorted", "min", "max") and argument.keyword is not None:
            return call.args[0].value if call.args[0] is not argument else None
        if name in ("map", "filter") and call.args[0] is argument and len(call.args) == 2:
            return call.args[1].value
        return None

    def _annotated(self, node: cst.CSTNode) -> Iterable[Value]:
        """Return an instance of the class that an annotation names."""
        match node:
            case cst.Annotation():
                return self._annotated(node.annotation)
            case cst.BinaryOperation(operator=cst.BitOr()):
                both = (*self._annotated(node.left), *self._annotated(node.right))
                return [value for value in both if value.origin] or (Unknown(node),)
            case cst.Subscript(value=cst.Name() | cst.Attribute()):
                outer = dotted(node.value) or ""
                if outer.rpartition(".")[2] in ("Optional", "Annotated", "Final", "ClassVar"):
                    inner = node.slice[0].slice
                    if isinstance(inner, cst.Index):
                        return self._annotated(inner.value)
                if outer.rpartition(".")[2] == "Union":
                    members = [
                        value
                        for element in node.slice
                        if isinstance(element.slice, cst.Index)
                        for value in self._annotated(element.slice.value)
                    ]
                    return [value for value in members if value.origin] or (Unknown(node),)
                return (Unknown(node),)
            case cst.SimpleString():
                text = _constant(node)
                if isinstance(text, str) and text.replace(".", "").isidentifier():
                    root, *rest = text.split(".")
                    for binding in self.scopes.reaching(node, root):
                        for value in self._from(binding):
                            if value.origin:
                                name = ".".join((value.origin, *rest))
                                return (Result(node, Imported(node, _SYNONYMS.get(name, name))),)
                return (Unknown(node),)
            case cst.Name() | cst.Attribute():
                found: list[Value] = []
                for value in self.values(node):
                    if isinstance(value, (Imported, Attribute)):
                        found.append(Result(node, value, confidence=Confidence.MEDIUM))
                    elif isinstance(value, LocalClass):
                        found.append(LocalObject(value.node, confidence=Confidence.MEDIUM))
                return found or (Unknown(node),)
        return (Unknown(node),)

    def _augmented(self, node: cst.AugAssign) -> Iterable[Value]:
        if not isinstance(node.operator, (cst.AddAssign, cst.BitOrAssign)):
            return (Unknown(node),)
        name = dotted(node.target)
        before: list[Value] = []
        if name is not None:
            for binding in self.scopes.reaching(node, name):
                if binding.node is not node.target:
                    before += self._from(binding)
        if isinstance(node.operator, cst.BitOrAssign):
            added = self.expr(node.value).value
            return [value for left in before for value in self._union(node, left, added)]
        return [self._joined(node, [left], self.values(node.value)) for left in before]

    # -- attributes --------------------------------------------------------------------------

    def _attribute(self, node: cst.Attribute) -> Iterable[Value]:
        name = dotted(node)
        if name is not None:
            flow = self.scopes.flow(node, name)
            found = [v for b in flow.bindings if b.name == name for v in self._from(b)]
            if found and flow.settles and all(b.name == name for b in flow.bindings):
                return self._with_writes(name, node, found)
            own = self._own_attribute(node, name)
            if own is not None:
                return self._with_writes(name, node, [*found, *own])
            if found:  # set here on some paths only, or on an object that was replaced since
                return self._with_writes(name, node, [*found, *self._members(node)])
        return self._members(node)

    def _members(self, node: cst.Attribute) -> list[Value]:
        """Return the attribute of what the expression before the dot may be."""
        found: list[Value] = []
        for value in self.values(node.value):
            found += self._member(node, value, node.attr.value)
        return found

    def _member(self, node: cst.CSTNode, value: Value, name: str) -> Iterable[Value]:
        match value:
            case Imported():
                full = f"{value.name}.{name}"
                return (Imported(node, _SYNONYMS.get(full, full), confidence=value.confidence),)
            case Result() | Attribute() | Item() if value.origin:
                return (Attribute(node, value, name, confidence=value.confidence),)
            case LocalObject() | LocalClass():
                return self._class_attribute(value.node, name, node) or (Unknown(node),)
            case Literal(value=None):
                return ()
            case Literal() | Text() | MappingValue() | Items() | Environment():
                return (Attribute(node, value, name, confidence=value.confidence),)
        return (Unknown(node),)

    def class_of(self, node: cst.CSTNode) -> cst.ClassDef | None:
        """Return the class in one of whose methods ``node`` runs."""
        for ancestor in self.tree.ancestors(node):
            if isinstance(ancestor, cst.ClassDef):
                return ancestor
        return None

    def _own_attribute(self, node: cst.Attribute, name: str) -> list[Value] | None:
        """Return the values of ``self.x`` where this method does not set it itself."""
        root, _, attribute = name.partition(".")
        if root not in ("self", "cls") or "." in attribute:
            return None
        owner = self.class_of(node)
        if owner is None:
            return None
        return self._class_attribute(owner, attribute, node)

    def _class_attribute(
        self, owner: cst.ClassDef, name: str, node: cst.CSTNode, depth: int = 0
    ) -> list[Value] | None:
        """Return what a class or its methods give an attribute; None where they do not."""
        found: list[Value] = []
        seen = False
        declared: list[Value] = []
        for binding in self.scopes.bindings.get(owner, {}).get(name, ()):
            seen = True
            if binding.kind == "declared":
                declared += self._from(binding)
            elif binding.kind == "def" and isinstance(binding.node, cst.FunctionDef):
                decorators = {self._decorator(d) for d in binding.node.decorators}
                if any(d.endswith(("property", ".getter")) for d in decorators):
                    found += self._returned(binding.node)
                else:
                    found.append(LocalFunction(binding.node, LocalObject(owner)))
            else:
                values = self._from(binding)
                found += values
                if self._is_field(binding.node, owner) and all(map(_is_none, values)):
                    found.append(Unknown(node))  # who builds the object fills it in
        for binding in self._set_by_methods(owner).get(name, ()):
            seen = True
            if binding.kind == "declared":
                declared += self._from(binding)
            else:
                found += self._from(binding)
        if seen:
            return found or declared
        for base in owner.bases:
            for value in self.values(base.value):
                if isinstance(value, LocalClass) and depth < 5:
                    inherited = self._class_attribute(value.node, name, node, depth + 1)
                    if inherited is not None:
                        return inherited
        return None

    def _set_by_methods(self, owner: cst.ClassDef) -> dict[str, list[Binding]]:
        """Return what the methods of a class bind to attributes of the object."""
        known = self._attributes.get(owner)
        if known is None:
            known = self._attributes[owner] = {}
            for method in _methods(owner):
                for path, bindings in self.scopes.bindings.get(method, {}).items():
                    root, dot, name = path.partition(".")
                    if dot and root in ("self", "cls"):
                        known.setdefault(name, []).extend(bindings)
        return known

    def _is_field(self, node: cst.CSTNode, owner: cst.ClassDef) -> bool:
        """Say whether a class-level name is a field of a dataclass or a model."""
        annotated = isinstance(self.tree.parents.get(node), cst.AnnAssign)
        return annotated and bool(owner.bases or owner.decorators)

    # -- calls -------------------------------------------------------------------------------

    def _called(self, node: cst.Call) -> Iterable[Value]:
        threaded = self._threaded(node)
        if threaded:
            return threaded
        found: list[Value] = []
        for callee in self.values(node.func):
            if isinstance(callee, Unknown) and isinstance(callee.node, cst.Lambda):
                found += self.values(callee.node.body)
            else:
                found += self._result(node, callee)
        return found

    def _threaded(self, node: cst.Call) -> Values:
        """Return what an API method gives that is handed to a thread to be called there."""
        position = _THREADS.get((dotted(node.func) or "").rpartition(".")[2])
        if position is None or position >= len(node.args) or node.args[position].star:
            return ()
        target = node.args[position].value
        if isinstance(target, cst.Lambda):
            found = self.values(target.body)
        else:
            call = self.call(node)
            found = tuple(Result(node, callee, call) for callee in self.values(target))
        ours = all(_API_RESULT.match(value.origin) for value in found)
        return found if ours else ()

    def _result(self, node: cst.Call, callee: Value) -> Iterable[Value]:
        match callee:
            case LocalFunction():
                return self._returned(callee.node)
            case LocalClass():
                return (LocalObject(callee.node),)
            case Attribute(of=Literal() | Text() | Environment()):
                return self._text_method(node, callee)
            case Attribute(of=MappingValue()):
                return self._mapping_method(node, callee)
            case Imported(name=name):
                return self._call_imported(node, callee, name)
            case Attribute() | Item() | Result():
                if isinstance(callee, Result) and callee.origin == "functools.partial()":
                    return self._partial(node, callee)
                if callee.origin in _ENTERS and node.args:
                    return self._entered(node.args[0].value, node)
                if callee.origin:
                    call = self.call(node)
                    if isinstance(callee, Attribute) and callee.name == "get":
                        key = self._key_of_result(callee.of, call)
                        if key is not None:
                            return (Item(node, callee.of, key, confidence=callee.confidence),)
                    return (Result(node, callee, call, confidence=callee.confidence),)
        return (Unknown(node),)

    def _key_of_result(self, owner: Value, call: Call) -> str | None:
        """Return the key that ``.get(key)`` takes from a result of an API call."""
        if _API_RESULT.match(owner.origin) and call.positional:
            key = call.positional[0].literal
            return key if isinstance(key, str) else None
        return None

    def _partial(self, node: cst.Call, partial: Result) -> Iterable[Value]:
        if partial.call is None or not partial.call.positional:
            return (Unknown(node),)
        found: list[Value] = []
        for target in partial.call.positional[0].values:
            found += self._result(node, target)
        return found

    def _call_imported(self, node: cst.Call, callee: Imported, name: str) -> Iterable[Value]:
        call = self.call(node)
        if name in ("os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault"):
            return self._environment(node, call)
        if name in _SAME_ITEMS and call.positional:
            same = call.positional[0].values
            if same and all(_API_RESULT.match(value.origin) for value in same):
                return same
        position = _TRANSPARENT.get(name)
        if position is not None and len(call.positional) > position:
            return call.positional[position].values
        if name == "builtins.dict" and not call.positional:
            entries = tuple(
                Entry(a.name, a.expr, a.node, certain=a.certain) for a in call.keywords.values()
            )
            return (MappingValue(node, entries, call.open),)
        if name == "builtins.dict" and len(call.positional) == 1:
            return self._copied(node, call)
        if name == "builtins.getattr" and len(call.positional) >= 2:
            attribute = call.positional[1].literal
            if isinstance(attribute, str):
                found: list[Value] = []
                for value in call.positional[0].values:
                    found += self._member(node, value, attribute)
                return found
        if name == "urllib.parse.urljoin" and len(call.positional) == 2:
            return self._urljoin(node, call)
        return (Result(node, callee, call, confidence=callee.confidence),)

    def _urljoin(self, node: cst.Call, call: Call) -> Iterable[Value]:
        base, path = call.positional[0].literal, call.positional[1].literal
        if isinstance(base, str) and isinstance(path, str):
            from urllib.parse import urljoin

            return (Literal(node, urljoin(base, path)),)
        return (Unknown(node),)

    def _copied(self, node: cst.Call, call: Call) -> Iterable[Value]:
        for value in call.positional[0].values:
            if not isinstance(value, MappingValue):
                return (Unknown(node),)
            extra = tuple(Entry(a.name, a.expr, a.node) for a in call.keywords.values())
            return (MappingValue(node, (*value.entries, *extra), value.open or call.open),)
        return (Unknown(node),)

    def _environment(self, node: cst.CSTNode, call: Call) -> Iterable[Value]:
        name = call.get("key", 0)
        variable = name.literal if name is not None else UNKNOWN
        default = call.get("default", 1)
        if not isinstance(variable, str):
            return (Unknown(node),)
        return (Environment(node, variable, default.expr if default else None),)

    def _returned(self, function: cst.FunctionDef) -> Iterable[Value]:
        """Return what a function of this file may return."""
        for decorator in function.decorators:
            name = self._decorator(decorator)
            if name not in _KEEPS_RESULT and not name.endswith((".setter", ".getter")):
                return self._promised(function) or (Unknown(function),)
        key = id(function.body)
        known = self._bound.get(key)
        if known is None:
            known = self._remembered(self._bound, key, self._results, function)
        elif known.__class__ is _Pending:
            self._lowest = min(self._lowest, known.depth)
        return known

    def _results(self, function: cst.FunctionDef) -> Iterable[Value]:
        found: list[Value] = []
        for node in self.tree.nodes.get(cst.Yield, ()):
            if self.tree.function(node) is function:
                return (Unknown(function),)
        for node in self.tree.nodes.get(cst.Return, ()):
            assert isinstance(node, cst.Return)
            if self.tree.function(node) is function:
                if node.value is None:
                    found.append(Literal(node, None))
                else:
                    found += self.values(node.value)
        # Without a return it is for a subclass to say, or the function is run for its effect.
        promised = self._promised(function) if all(map(_is_foreign, found)) else ()
        return promised or found or (Unknown(function),)

    def _promised(self, function: cst.FunctionDef) -> Sequence[Value]:
        """Return what a function is annotated to return, of the libraries that rules know."""
        declared = self._annotated(function.returns) if function.returns is not None else ()
        return [value for value in declared if value.origin and not _is_foreign(value)]

    def _decorator(self, decorator: cst.Decorator) -> str:
        node = decorator.decorator
        target = node.func if isinstance(node, cst.Call) else node
        return self.origin(target).removeprefix("builtins.") or dotted(target) or ""

    def _text_method(self, node: cst.Call, callee: Attribute) -> Iterable[Value]:
        call = self.call(node)
        if callee.name == "format":
            return self._formatted(node, callee.of, call)
        if callee.name in _TEXT_METHODS:
            arguments = [argument.literal for argument in call.positional]
            if isinstance(callee.of, Literal) and not call.keywords:
                try:
                    return (Literal(node, getattr(callee.of.value, callee.name)(*arguments)),)
                except (AttributeError, TypeError, ValueError, LookupError):
                    return (Unknown(node),)
            return (Result(node, callee, call),)
        return (Unknown(node),)

    def _mapping_method(self, node: cst.Call, callee: Attribute) -> Iterable[Value]:
        assert isinstance(callee.of, MappingValue)
        call = self.call(node)
        if callee.name == "copy":
            return (callee.of,)
        if callee.name in ("get", "pop", "setdefault") and call.positional:
            entry = callee.of.get(call.positional[0].literal)
            default = call.positional[1].values if len(call.positional) > 1 else ()
            if entry is not None and entry.certain:
                return entry.value.values
            if entry is not None:
                return (*entry.value.values, *default)
            if not callee.of.open and call.positional[0].expr.known:
                return default or (Literal(node, None),)
        return (Unknown(node),)

    def _read_call(self, node: cst.Call, args: Iterable[cst.Arg]) -> Call:
        positional: list[Argument] = []
        keywords: dict[str, Argument] = {}
        open_ = False
        for index, arg in enumerate(args):
            if arg.star == "*":
                open_ = True
            elif arg.star == "**":
                spread = self.expr(arg.value)
                if not self._spread(spread, keywords):
                    open_ = True
            elif arg.keyword is not None:
                name = arg.keyword.value
                keywords[name] = Argument(arg, name, self.expr(arg.value), key_node=arg.keyword)
            else:
                positional.append(Argument(arg, None, self.expr(arg.value), index=index))
        return Call(node, self.expr(node.func), positional, keywords, open_=open_)

    def _spread(self, mapping: Expr, keywords: dict[str, Argument]) -> bool:
        """Add a mapping's entries as keywords; say whether that is all it holds."""
        mappings = [value for value in mapping.values if isinstance(value, MappingValue)]
        keys = [entry.key for value in mappings for entry in value.entries]
        for key in dict.fromkeys(keys):
            if not isinstance(key, str) or key in keywords:
                continue
            found = [entry for value in mappings if (entry := value.get(key)) is not None]
            last = found[-1]
            expr = last.value
            if len({id(entry.value.node) for entry in found}) > 1:
                both = tuple(value for entry in found for value in entry.value.values)
                expr = Expr(last.value.node, lambda _, both=both: both)  # type: ignore[misc]
            keywords[key] = Argument(
                last.node,
                key,
                expr,
                spread=True,
                certain=len(found) == len(mapping.values) and all(e.certain for e in found),
                key_node=last.key_node,
            )
        return bool(mappings) and all(
            isinstance(value, MappingValue) and not value.open for value in mapping.values
        )

    # -- text --------------------------------------------------------------------------------

    def _parts(self, node: cst.CSTNode) -> Iterator[str | Expr]:
        match node:
            case cst.ConcatenatedString():
                yield from self._parts(node.left)
                yield from self._parts(node.right)
            case cst.FormattedString():
                raw = "r" in node.start.lower()
                for part in node.parts:
                    if isinstance(part, cst.FormattedStringText):
                        yield _unescaped(part.value, raw)
                    elif (
                        isinstance(part, cst.FormattedStringExpression)
                        and part.conversion is None
                        and not part.format_spec
                    ):
                        yield self.expr(part.expression)
                    else:
                        yield Expr(part, lambda piece: (Unknown(piece),))
            case cst.SimpleString():
                text = _constant(node)
                yield text if isinstance(text, str) else self.expr(node)
            case _:
                yield self.expr(node)

    def _text(self, node: cst.CSTNode, parts: Iterable[str | Expr]) -> Iterable[Value]:
        """Join the parts; a part with one known text is written in."""
        joined: list[str | Expr] = []
        confidence = Confidence.HIGH
        for part in parts:
            pieces: tuple[str | Expr, ...] = (part,)
            if isinstance(part, Expr):
                value = part.value
                confidence = min(confidence, value.confidence)
                if isinstance(value, Literal) and isinstance(value.value, (str, int, float)):
                    pieces = (str(value.value),)
                elif isinstance(value, Text):
                    pieces = value.parts
            for piece in pieces:
                if isinstance(piece, str) and joined and isinstance(joined[-1], str):
                    joined[-1] += piece
                else:
                    joined.append(piece)
        if all(isinstance(part, str) for part in joined):
            return (
                Literal(
                    node, "".join(p for p in joined if isinstance(p, str)), confidence=confidence
                ),
            )
        return (Text(node, tuple(joined), confidence=confidence),)

    def _formatted(self, node: cst.Call, template: Value, call: Call) -> Iterable[Value]:
        if not isinstance(template, Literal) or not isinstance(template.value, str):
            return (Unknown(node),)
        from string import Formatter

        parts: list[str | Expr] = []
        automatic = 0
        try:
            for text, name, specification, _ in Formatter().parse(template.value):
                parts.append(text)
                if name is None:
                    continue
                argument = None
                if name == "" or name.isdigit():
                    position = automatic if name == "" else int(name)
                    automatic += 1
                    argument = call.get("", position)
                elif name.isidentifier():
                    argument = call[name]
                if argument is None or specification:
                    parts.append(Expr(node, lambda piece: (Unknown(piece),)))
                else:
                    parts.append(argument.expr)
        except ValueError:
            return (Unknown(node),)
        return self._text(node, parts)

    def _binary(self, node: cst.BinaryOperation) -> Iterable[Value]:
        if isinstance(node.operator, cst.Modulo):
            left = self.expr(node.left).value
            if isinstance(left, Literal) and isinstance(left.value, str):
                return self._percent(node, left.value)
            return (Unknown(node),)
        if isinstance(node.operator, cst.BitOr):
            return self._merged(node)
        if isinstance(node.operator, cst.Divide):
            paths = [value for value in self.values(node.left) if _is_path(value)]
            return paths or (Unknown(node),)
        if not isinstance(node.operator, cst.Add):
            return (Unknown(node),)
        lefts, rights = self.values(node.left), self.values(node.right)
        if not 0 < len(lefts) * len(rights) <= 4:
            return (Unknown(node),)
        places = (node.left, node.right)
        return [self._joined(node, [one], (other,), places) for one in lefts for other in rights]

    def _merged(self, node: cst.BinaryOperation) -> Iterable[Value]:
        return self._union(node, self.expr(node.left).value, self.expr(node.right).value)

    def _union(self, node: cst.CSTNode, left: Value, right: Value) -> Iterable[Value]:
        entries: tuple[Entry, ...] = ()
        open_ = False
        for value in (left, right):
            if isinstance(value, MappingValue):
                entries += value.entries
            open_ = open_ or not isinstance(value, MappingValue) or value.open
        if not isinstance(left, MappingValue) and not isinstance(right, MappingValue):
            return (Unknown(node),)
        return (MappingValue(node, entries, open_),)

    def _joined(
        self,
        node: cst.CSTNode,
        left: Iterable[Value],
        right: Values,
        places: tuple[cst.CSTNode, ...] = (),
    ) -> Value:
        """Join texts; what is no text is known by its place in ``node``."""
        parts: list[str | Expr] = []
        text = False
        for index, value in enumerate((*left, *right)):
            if isinstance(value, Literal) and isinstance(value.value, (bytes, int, float)):
                return Unknown(node)
            text = text or isinstance(value, (Text, Literal))
            place = value.node
            if places and not isinstance(value, (Text, Literal)):
                place = places[index]
            parts.append(Expr(place, lambda _, value=value: (value,)))  # type: ignore[misc]
        if not text:
            return Unknown(node)
        return next(iter(self._text(node, parts)))

    def _percent(self, node: cst.BinaryOperation, template: str) -> Iterable[Value]:
        pieces = template.split("%s")
        if "%" in "".join(pieces) or len(pieces) == 1:
            return (Unknown(node),)
        right: list[Expr] = [self.expr(node.right)]
        if isinstance(node.right, cst.Tuple):
            right = [self.expr(element.value) for element in node.right.elements]
        if len(right) != len(pieces) - 1:
            return (Unknown(node),)
        parts: list[str | Expr] = [pieces[0]]
        for value, piece in zip(right, pieces[1:], strict=True):
            parts += (value, piece)
        return self._text(node, parts)

    # -- the rest ----------------------------------------------------------------------------

    def _unary(self, node: cst.UnaryOperation) -> Iterable[Value]:
        inner = self.expr(node.expression).literal
        if isinstance(node.operator, cst.Minus) and isinstance(inner, (int, float)):
            return (Literal(node, -inner),)
        if isinstance(node.operator, cst.Not) and inner is not UNKNOWN:
            return (Literal(node, not inner),)
        return (Unknown(node),)

    def _boolean(self, node: cst.BooleanOperation) -> Iterable[Value]:
        left, right = self.values(node.left), self.values(node.right)
        if isinstance(node.operator, cst.Or):
            if left and all(isinstance(v, Literal) and v.value for v in left):
                return left
            kept = [v for v in left if not (isinstance(v, Literal) and not v.value)]
            return (*kept, *right)
        false = [v for v in left if isinstance(v, Literal) and not v.value]
        if left and len(false) == len(left):
            return left
        if any(isinstance(v, (Unknown, Parameter, Environment)) for v in left) or not left:
            return (*false, *right, Unknown(node))
        return (*false, *right)

    def _subscript(self, node: cst.Subscript) -> Iterable[Value]:
        key = self._index(node)
        found: list[Value] = []
        for value in self.values(node.value):
            if value.origin == "os.environ" and isinstance(key, str):
                found.append(Environment(node, key))
            elif isinstance(value, MappingValue) and isinstance(key, str):
                entry = value.get(key)
                if entry is not None:
                    found += entry.value.values
                elif value.entries or value.open:
                    found.append(Unknown(node))  # of an empty dict nothing can be read
            elif isinstance(value, Items) and isinstance(key, int):
                inside = -len(value.items) <= key < len(value.items)
                found += value.items[key].values if inside else (Unknown(node),)
            elif value.origin:
                found.append(Item(node, value, key, confidence=value.confidence))
            elif not _is_none(value):
                found.append(Unknown(node))
        return found

    def _index(self, node: cst.Subscript) -> Any:
        if len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index):
            return self.expr(node.slice[0].slice.value).literal
        return UNKNOWN

    def _dict(self, node: cst.Dict) -> Iterable[Value]:
        entries: list[Entry] = []
        open_ = False
        for element in node.elements:
            if isinstance(element, cst.DictElement):
                key = self.expr(element.key).literal
                if key is UNKNOWN:
                    open_ = True
                entries.append(Entry(key, self.expr(element.value), element, element.key))
            else:
                for value in self.values(element.value):
                    if isinstance(value, MappingValue):
                        entries += value.entries
                        open_ = open_ or value.open
                    else:
                        open_ = True
        return (MappingValue(node, tuple(entries), open_),)

    def _with_writes(self, name: str, node: cst.CSTNode, found: list[Value]) -> list[Value]:
        """Add what ``name[key] = value``, ``name.update(...)`` and their like do to a mapping."""
        if not any(isinstance(value, MappingValue) for value in found):
            return found
        written = self._written().get(name)
        if written is None:
            return found
        writes = list(self._happening(written, node, name))
        if not writes:
            return found
        return [
            self._after(value, writes) if isinstance(value, MappingValue) else value
            for value in found
        ]

    def _after(self, value: MappingValue, writes: Iterable[tuple[_Write, bool]]) -> MappingValue:
        entries, open_ = list(value.entries), value.open
        for write, sure in writes:
            if write.kind == "open":
                open_ = True
            elif write.kind == "drop":
                entries = [
                    entry if entry.key != write.key else replace(entry, certain=False)
                    for entry in entries
                    if not sure or entry.key != write.key
                ]
                open_ = open_ or write.key is UNKNOWN
            elif write.entry is not None:
                known = any(entry.key == write.key for entry in entries)
                if write.kind == "set" or not known:
                    entries.append(replace(write.entry, certain=write.entry.certain and sure))
        return replace(value, entries=tuple(entries), open=open_)

    def _happening(
        self, written: Iterable[_Write], node: cst.CSTNode, name: str
    ) -> Iterator[tuple[_Write, bool]]:
        """Yield the writes that happen to the object that ``node`` reads, before it.

        With each goes whether it surely does.
        """
        here = self.scopes.scope_of(node)
        order = self.tree.order
        loops = [
            holder
            for holder in self.tree.ancestors(node)
            if isinstance(holder, (cst.For, cst.While)) and self.scopes.scope_of(holder) is here
        ]
        bindings = self.scopes.reaching(node, name)
        read = {id(binding.node) for binding in bindings}
        for write in written:
            place = write.place
            if place is node:
                continue
            there = self.scopes.scope_of(place)
            before = order[place] < order[node]
            if (
                here is there
                and not before
                and not any(self.tree.inside(place, loop) for loop in loops)
            ):
                continue
            same = not read.isdisjoint(self._bound_at(place, name))
            if here is not there:
                if name.startswith("self.") or any(b.scope is there for b in bindings):
                    yield write, self._always(place)
                elif same:
                    yield write, False
            elif same and before:
                block = self.tree.parents.get(self.tree.statement(place))
                around = block is not None and self.tree.inside(node, block)
                yield write, self._always(place) or around
            elif same:
                yield write, False

    def _bound_at(self, place: cst.CSTNode, name: str) -> frozenset[int]:
        """Return the bindings in force where a mapping is written to."""
        known = self._at.get(place)
        if known is None:
            reaching = self.scopes.reaching(place, name)
            known = self._at[place] = frozenset(id(binding.node) for binding in reaching)
        return known

    def _always(self, node: cst.CSTNode) -> bool:
        """Say whether a statement runs whenever its function does."""
        block = self.tree.parents.get(self.tree.statement(node))
        owner = self.tree.parents.get(block) if block is not None else None
        return isinstance(block, cst.Module) or isinstance(
            owner, (cst.FunctionDef, cst.With, cst.Module)
        )

    def _written(self) -> dict[str, list[_Write]]:
        if self._writes is None:
            self._writes = {}
            found: list[tuple[cst.BaseExpression, list[_Write]]] = []
            for node in self.tree.nodes.get(cst.AssignTarget, ()):
                assert isinstance(node, cst.AssignTarget)
                if isinstance(node.target, cst.Subscript):
                    found.append((node.target.value, [self._item_write(node, node.target)]))
            for deletion in self.tree.nodes.get(cst.Del, ()):
                assert isinstance(deletion, cst.Del)
                target = deletion.target
                if isinstance(target, cst.Subscript):
                    write = _Write(target.value, "drop", self._index(target))
                    found.append((target.value, [write]))
            for call in self.tree.nodes.get(cst.Call, ()):
                assert isinstance(call, cst.Call)
                if isinstance(call.func, cst.Attribute):
                    work = _MUTATES.get(call.func.attr.value)
                    if work is not None:
                        found.append((call.func.value, list(work(self, call, call.func.value))))
            for owner, writes in sorted(found, key=lambda item: self.tree.order[item[0]]):
                name = dotted(owner)
                if name is not None:
                    self._writes.setdefault(name, []).extend(writes)
        return self._writes

    def _item_write(self, node: cst.AssignTarget, target: cst.Subscript) -> _Write:
        assign = self.tree.parents[node]
        assert isinstance(assign, cst.Assign)
        key = self._index(target)
        if not isinstance(key, str):
            return _Write(target.value, "open")
        entry = Entry(key, self.expr(assign.value), assign, target.slice[0])
        return _Write(target.value, "set", key, entry)

    def _update_writes(self, call: cst.Call, place: cst.CSTNode) -> Iterator[_Write]:
        read = self.call(call)
        for argument in read.keywords.values():
            entry = Entry(argument.name, argument.expr, argument.node, certain=argument.certain)
            yield _Write(place, "set", argument.name, entry)
        for argument in read.positional:
            for value in argument.values:
                if isinstance(value, MappingValue):
                    yield from (_Write(place, "set", e.key, e) for e in value.entries)
                if not isinstance(value, MappingValue) or value.open:
                    yield _Write(place, "open")
        if read.open:
            yield _Write(place, "open")

    def _default_writes(self, call: cst.Call, place: cst.CSTNode) -> Iterator[_Write]:
        read = self.call(call)
        if len(read.positional) == 2 and isinstance(read.positional[0].literal, str):
            key, value = read.positional
            yield _Write(place, "default", key.literal, Entry(key.literal, value.expr, value.node))
        else:
            yield _Write(place, "open")

    def _drop_writes(self, call: cst.Call, place: cst.CSTNode) -> Iterator[_Write]:
        read = self.call(call)
        if read.positional and place is not None:
            yield _Write(place, "drop", read.positional[0].literal)


class _Write(NamedTuple):
    """What a statement does to the mapping that a name stands for at ``place``."""

    place: cst.CSTNode
    kind: str  # set, default, drop, open or append
    key: Any = UNKNOWN
    entry: Entry | None = None


_MUTATES: dict[str, Callable[[Evaluator, cst.Call, cst.CSTNode], Iterator[_Write]]] = {
    "update": Evaluator._update_writes,
    "setdefault": Evaluator._default_writes,
    "pop": Evaluator._drop_writes,
}

# Dispatch by class: `match` and isinstance cost several times as much on abstract classes.
_EVALUATE: dict[type, Callable[[Evaluator, Any], Iterable[Value]]] = {
    cst.Name: Evaluator._name,
    cst.Attribute: Evaluator._attribute,
    cst.Call: Evaluator._called,
    cst.SimpleString: Evaluator._simple,
    cst.Integer: Evaluator._simple,
    cst.Float: Evaluator._simple,
    cst.Imaginary: Evaluator._simple,
    cst.FormattedString: Evaluator._string,
    cst.ConcatenatedString: Evaluator._string,
    cst.BinaryOperation: Evaluator._binary,
    cst.UnaryOperation: Evaluator._unary,
    cst.BooleanOperation: Evaluator._boolean,
    cst.IfExp: Evaluator._either,
    cst.NamedExpr: Evaluator._walrus,
    cst.Await: Evaluator._awaited,
    cst.Subscript: Evaluator._subscript,
    cst.Dict: Evaluator._dict,
    cst.Tuple: Evaluator._items,
    cst.List: Evaluator._items,
    cst.Set: Evaluator._items,
    cst.Annotation: Evaluator._annotated,
    cst.AugAssign: Evaluator._augmented,
}


def _constant(node: cst.SimpleString | cst.BaseNumber) -> Any:
    code: str = node.value  # type: ignore[union-attr]
    plain = _PLAIN_STRING.fullmatch(code)
    if plain is not None:
        return plain[2]
    try:
        return ast.literal_eval(code)
    except (SyntaxError, ValueError):
        return UNKNOWN


def _unescaped(text: str, raw: bool) -> str:
    """Read the literal part of an f-string."""
    text = text.replace("{{", "{").replace("}}", "}")
    if raw or "\\" not in text:
        return text
    try:
        quoted = '"""' + text.replace('"', '\\"') + '"""'
        return str(ast.literal_eval(quoted))
    except (SyntaxError, ValueError):
        return text


def _methods(owner: cst.ClassDef) -> Iterator[cst.FunctionDef]:
    for statement in owner.body.body:
        if isinstance(statement, cst.FunctionDef):
            yield statement


def _is_foreign(value: Value) -> bool:
    """Say whether a value is of no library that rules know, so that an annotation says more."""
    if isinstance(value, Unknown):
        return True
    return bool(value.origin) and value.origin.split(".", 1)[0] not in _LIBRARIES


def _is_path(value: Value) -> bool:
    return value.origin.startswith("pathlib.") and value.origin.endswith(("()", ".parent"))


def _is_none(value: Value) -> bool:
    return isinstance(value, Literal) and value.value is None


def _distinct(values: Iterable[Value]) -> Values:
    values = tuple(values)
    if len(values) < 2:
        return values
    found: dict[Any, Value] = {}
    for value in values:
        key: Any = id(value.node), type(value), value.origin
        if isinstance(value, Unknown):
            key = Unknown
        elif isinstance(value, Imported):
            key = value.name
        elif isinstance(value, Literal):
            key = id(value.node), type(value.value), value.value
        elif isinstance(value, Text):
            key = id(value.node), id(value.parts)
        elif isinstance(value, MappingValue):
            key = id(value.node), id(value.entries)
        found.setdefault(key, value)
    return tuple(found.values())

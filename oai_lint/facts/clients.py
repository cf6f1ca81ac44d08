"""Facts about the SDK: clients built, calls made, results read, module settings assigned."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from oai_lint.facts.file import Site
from oai_lint.facts.values import Argument, Call, Expr, Literal, Value
from oai_lint.patch import Node
from oai_lint.rule import Confidence


class Host(StrEnum):
    """Whose server a client or a call talks to."""

    OPENAI = "openai"
    AZURE = "azure"
    LOCAL = "local"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"

    @property
    def is_ours(self) -> bool:
        """Whether it is OpenAI's or Azure's."""
        return self in (Host.OPENAI, Host.AZURE)


@dataclass(frozen=True, slots=True, eq=False)
class ClientInit:
    """A call that builds an SDK client (``OpenAI(...)``, ``partial(OpenAI, ...)``).

    Attributes:
        node: the call.
        cls: the class without its module: OpenAI, AsyncOpenAI, AzureOpenAI, AsyncAzureOpenAI.
        call: its arguments.
        host: whose server it talks to, from ``base_url`` and the variables this file sets.
        site: where it stands.
        partial: whether arguments may still be added (``functools.partial``).
    """

    node: Node
    cls: str
    call: Call
    host: Host
    site: Site
    partial: bool = False
    confidence: Confidence = Confidence.HIGH

    @property
    def is_async(self) -> bool:
        """Whether its calls are coroutines."""
        return self.cls.startswith("Async")

    @property
    def is_azure(self) -> bool:
        """Whether it is one of the Azure classes."""
        return self.cls.endswith("AzureOpenAI")

    @property
    def base_url(self) -> Argument | None:
        """The ``base_url`` argument."""
        return self.call["base_url"]

    @property
    def http_client(self) -> Argument | None:
        """The ``http_client`` argument."""
        return self.call["http_client"]


@dataclass(frozen=True, slots=True, eq=False)
class ClientCopy:
    """A call of ``with_options()`` or ``copy()`` on an SDK client.

    Attributes:
        node: the call.
        method: with_options or copy.
        client: the class of the client.
        call: its arguments.
        made: the node of the client's construction, where it was seen.
    """

    node: Node
    method: str
    client: str
    call: Call
    made: Node | None
    site: Site
    confidence: Confidence = Confidence.HIGH


@dataclass(frozen=True, slots=True, eq=False)
class ApiCall:
    """A call of an API method through a client or the module.

    Attributes:
        node: the call.
        path: the method, ``chat.completions.create``; for 0.x ``ChatCompletion.create``.
            ``with_raw_response``, ``with_options()`` and the like are left out.
        call: its arguments.
        client: the class of the client; empty for the module.
        made: the node of the client's construction, where it was seen.
        legacy: whether the path is one of SDK 0.x.
        via: the steps left out of ``path``.
    """

    node: Node
    path: str
    call: Call
    client: str
    made: Node | None
    legacy: bool
    site: Site
    via: tuple[str, ...] = ()
    host: Host = Host.UNKNOWN
    confidence: Confidence = Confidence.HIGH

    @property
    def on_module(self) -> bool:
        """Whether it goes through the module (``openai.chat…``) rather than a client."""
        return not self.client

    @property
    def direct(self) -> bool:
        """Whether this method is called for sure, and where it is named.

        It is not where a client of the other kind may be meant, nor through ``sync_to_async``.
        """
        func = self.call.func
        is_async = self.client.startswith("Async")
        return all(
            value.node is func.node and value.origin.startswith("openai.Async") == is_async
            for value in func.values
            if not (isinstance(value, Literal) and value.value is None)
        )

    @property
    def is_async(self) -> bool:
        """Whether the call gives a coroutine."""
        return self.client.startswith("Async") or self.path.rpartition(".")[2] in _COROUTINES

    @property
    def streams(self) -> bool:
        """Whether ``stream=True`` is passed."""
        stream = self.call["stream"]
        return stream is not None and stream.literal is True


_COROUTINES = ("acreate", "aretrieve", "alist", "adelete", "atranscribe", "atranslate")


@dataclass(frozen=True, slots=True, eq=False)
class ResultUse:
    """A read of an API call's result in the manner of a dict: a subscript by text, or ``.get``.

    Attributes:
        node: the subscript or the call of ``.get``.
        owner: the expression that is read.
        key: the key.
        default: the second argument of ``.get``.
        method: whether it is ``.get`` rather than a subscript.
        origin: the API call's path and the steps from its result to ``owner``.
        made: the API call's node.
        stored: whether it is written to or deleted rather than read.
        test: whether it is ``"key" in owner`` (``negative``: ``not in``) rather than a read.
        chain: the outermost such read that this one is the beginning of; often its own node.
        delimited: whether an ``or`` can be written in its place without parentheses.
    """

    node: Node
    owner: Node
    key: str
    method: bool
    origin: str
    made: Node
    site: Site
    default: Expr | None = None
    stored: bool = False
    test: bool = False
    negative: bool = False
    chain: Node = None
    delimited: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ModuleSetting:
    """An assignment to an attribute of the module: ``openai.api_base = ...``, also by setattr.

    Attributes:
        node: the target (or the ``setattr`` call).
        name: the attribute.
        value: what it is set to.
        alone: whether the statement does nothing else, so that it can be removed.
    """

    node: Node
    name: str
    value: Expr
    site: Site
    alone: bool = True
    by_setattr: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ModuleRead:
    """A use of a name of the openai package other than as the target of an assignment.

    Attributes:
        node: the whole dotted name, or the imported name.
        name: the full path: ``openai.error.RateLimitError``.
        imported: whether it is the name in an import statement.
        alias: the name it is bound to there.
        direct: whether it is written as a path from an imported name, not through a variable.
        call: the call that it is the function of, if it is.
        outer: the call that it is an argument of, if it is one.
        default: whether it is what a parameter is worth when nothing is given.
    """

    node: Node
    name: str
    site: Site
    imported: bool = False
    alias: str = ""
    statement: Node = None
    direct: bool = True
    call: Call | None = None
    outer: Node = None
    default: bool = False

    @property
    def called(self) -> bool:
        """Whether it is what a call calls."""
        return self.call is not None


@dataclass(frozen=True, slots=True, eq=False)
class WrappedCall:
    """A call through what another library makes of an SDK client: ``instructor.from_openai()``.

    Attributes:
        node: the call.
        call: its arguments.
        host: where the client inside sends requests.
    """

    node: Node
    call: Call
    host: Host
    site: Site
    confidence: Confidence = Confidence.HIGH


@dataclass(frozen=True, slots=True, eq=False)
class ClientSetting:
    """An assignment to an attribute of an SDK client: ``client.api_key = ...``."""

    node: Node
    name: str
    value: Expr
    site: Site
    owner: Value = field(kw_only=True)

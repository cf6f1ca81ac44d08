"""Facts about HTTP: library clients, transports, raw requests, settings of both."""

from __future__ import annotations

from dataclasses import dataclass

from oai_lint.facts.clients import Host
from oai_lint.facts.file import Site
from oai_lint.facts.values import Argument, Call, Expr, Mapping, Result
from oai_lint.patch import Node
from oai_lint.rule import Confidence


@dataclass(frozen=True, slots=True, eq=False)
class HttpClient:
    """A call that builds a client, session, transport, timeout or context of an HTTP library.

    Attributes:
        node: the call.
        origin: the class, ``httpx.Client``, ``requests.Session``, ``openai.DefaultHttpxClient``.
        serves: for which traffic it is seen to be used: OPENAI and AZURE when it is given to an
            SDK client for them or makes raw calls to them, UNKNOWN when nothing is seen.
        injected: whether it is given to an SDK client as ``http_client``.
        feeds: whether it, or a client that it is part of, is given to an SDK client.
        idle: whether all that is done with it is to be set up; told of ``requests.Session`` only.
    """

    node: Node
    origin: str
    call: Call
    site: Site
    serves: frozenset[Host]
    injected: bool
    confidence: Confidence = Confidence.HIGH
    feeds: bool = False
    idle: bool = False

    @property
    def library(self) -> str:
        """requests, httpx, httpx2, aiohttp, urllib or openai."""
        return self.origin.split(".", 1)[0]

    @property
    def cls(self) -> str:
        """The class without its module."""
        return self.origin.rpartition(".")[2]

    @property
    def is_async(self) -> bool:
        """Whether it is the asynchronous kind."""
        return "Async" in self.cls or self.library == "aiohttp" or self.cls.startswith("DefaultAio")

    @property
    def is_transport(self) -> bool:
        """Whether it is a transport rather than a client."""
        return self.cls.endswith("Transport")

    @property
    def for_openai(self) -> bool:
        """Whether traffic to OpenAI (or Azure) is seen to go through it."""
        return any(host.is_ours for host in self.serves)

    @property
    def is_ours(self) -> bool:
        """Whether it is the SDK's, given to the SDK, or used for raw calls to OpenAI."""
        return self.feeds or self.for_openai or self.library == "openai"


@dataclass(frozen=True, slots=True, eq=False)
class RawCall:
    """A request made without the SDK.

    Attributes:
        node: the call.
        library: requests, httpx, httpx2, aiohttp or urllib.
        method: GET, POST… in capitals; empty when unknown.
        url: the URL argument; None where it could not be found.
        host: whose server.
        address: the URL as far as it is known, unknown parts as U+FFFC.
        session: origin of the client or session; empty for a top-level function.
        made: the node that built the session, where it was seen.
    """

    node: Node
    library: str
    method: str
    call: Call
    url: Argument | None
    host: Host
    address: str
    site: Site
    session: str = ""
    made: Node | None = None
    confidence: Confidence = Confidence.HIGH

    @property
    def bodies(self) -> list[Mapping]:
        """The mappings that may be sent: as ``json=``, as a form, or through ``json.dumps``."""
        data = self.call.get("data", 1 if self.library == "requests" else None)
        values = [
            value
            for argument in (self.call["json"], data, self.call["content"])
            if argument is not None
            for value in argument.values
        ]
        for value in tuple(values):
            if isinstance(value, Result) and value.origin == "json.dumps()" and value.call:
                dumped = value.call.get("obj", 0)
                values += dumped.values if dumped is not None else ()
        return [value for value in values if isinstance(value, Mapping)]

    @property
    def path(self) -> str:
        """The path of the URL as far as it is known."""
        rest = self.address.split("://", 1)[-1]
        return "/" + rest.partition("/")[2].split("?", 1)[0] if "/" in rest else ""


@dataclass(frozen=True, slots=True, eq=False)
class HttpSetting:
    """A setting put on an HTTP client after it was built.

    ``session.proxies = …``, ``session.proxies.update(…)``, ``session.proxies["https"] = …``,
    ``session.verify = False``, ``client.timeout = None``; for a request of urllib,
    ``request.add_header(name, value)``.

    Attributes:
        node: the target or the call.
        name: the attribute: proxies, verify, trust_env, cert, timeout, headers, or mount.
        value: what is set, None for a deletion.
        key: for one entry of a mapping, its key.
        origin: the class of the owner.
        made: the node that built the owner.
    """

    node: Node
    name: str
    value: Expr
    key: str | None
    origin: str
    made: Node | None
    owner: Node
    site: Site


@dataclass(frozen=True, slots=True, eq=False)
class LegacyImport:
    """A statement that imports httpx, and all that the file does with it.

    Attributes:
        node: the imported module or the first imported name.
        statement: the statement.
        binds: the name that ``import httpx`` gives the module; empty for ``from httpx import``.
        reads: the places that read what is imported, each with its full name.
        called: those of the reads that are called.
    """

    node: Node
    statement: Node
    binds: str
    reads: tuple[tuple[Node, str], ...]
    called: frozenset[Node]
    site: Site

"""HTTP clients, transports and settings of the wrong kind."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from oai_lint.facts import (
    ClientCopy,
    ClientInit,
    Expr,
    File,
    HttpClient,
    Imported,
    Literal,
    Mapping,
    ModuleSetting,
    Result,
    Value,
)
from oai_lint.fixes.http_client import (
    http_client,
    is_sole_use,
    literal_text,
    spelled,
    tempered,
)
from oai_lint.judgement.flow import is_expected_to_fail
from oai_lint.patch import Change, Node, Replace, Safety
from oai_lint.rule import Confidence, Example, Finding, Rule, Severity

_TWINS = {
    "httpx.Client": "httpx.AsyncClient",
    "httpx2.Client": "httpx2.AsyncClient",
    "httpx.HTTPTransport": "httpx.AsyncHTTPTransport",
    "httpx2.HTTPTransport": "httpx2.AsyncHTTPTransport",
    "openai.DefaultHttpxClient": "openai.DefaultAsyncHttpxClient",
    "openai.DefaultHttpx2Client": "openai.DefaultAsyncHttpx2Client",
}
_SYNC = frozenset(_TWINS)
_ASYNC = frozenset((*_TWINS.values(), "openai.DefaultAioHttpClient"))
_TWIN_OF = {**_TWINS, **{new: old for old, new in _TWINS.items()}}
_FOREIGN = {
    "requests.Session": "a `requests` session",
    "aiohttp.ClientSession": "an `aiohttp` session",
    "aiohttp.TCPConnector": "an `aiohttp` connector",
}
_HTTPX2 = frozenset({
    "httpx2.Client", "httpx2.AsyncClient", "openai.DefaultHttpx2Client",
    "openai.DefaultAsyncHttpx2Client",
})  # fmt: skip


class _Taker(NamedTuple):
    """What is given an HTTP client."""

    cls: str
    node: Node
    expr: Expr
    confidence: Confidence

    @property
    def is_async(self) -> bool:
        return self.cls.startswith("Async")


class MismatchedHttpClient(Rule[ClientInit | ClientCopy | ModuleSetting | HttpClient]):
    """`http_client=` takes an instance of `httpx.Client`, `AsyncOpenAI` one of `httpx.AsyncClient`.

    A sync client in `AsyncOpenAI`, and the reverse, raises `TypeError: Invalid http_client
    argument` (below 1.13 it was accepted and every call failed). A `requests` session, a class, a
    text or a mapping raises `AttributeError: ... has no attribute 'timeout'`. A sync transport in
    an async client fails at the first request.

    SDK 3 is built on httpx2, and so are `DefaultHttpxClient` and `openai.Timeout`. A legacy
    `httpx.Client` still works as `http_client`, and `httpx.Timeout` as `timeout=` of `OpenAI()`;
    inside an httpx2 client a transport, `auth` object or `Timeout` of httpx does not
    (`AssertionError`, `TypeError`), nor the other way round.

    ## Fix safety
    Safe where the wrong object is built in place: the class becomes its twin, a proxy's address
    becomes `DefaultHttpxClient(proxy=...)`, `httpx.Timeout` becomes `openai.Timeout`. Elsewhere
    the change is shown.

    ## References
    - https://github.com/openai/openai-python#configuring-the-http-client
    - https://github.com/openai/openai-python/issues/1206
    """

    code = "OAI209"
    message = "{owner} takes {wanted} here, not {given}: {effect}"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Build the kind that is taken"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "import httpx\n"
                "from openai import AsyncOpenAI\n\n"
                "client = AsyncOpenAI(http_client=httpx.Client(follow_redirects=True))\n"
            ),
            good=(
                "import httpx\n"
                "from openai import AsyncOpenAI\n\n"
                "client = AsyncOpenAI(http_client=httpx.AsyncClient(follow_redirects=True))\n"
            ),
        ),
        Example(
            bad=(
                'from openai import OpenAI\n\nclient = OpenAI(http_client="http://10.0.0.1:3128")\n'
            ),
            good=(
                "from openai import DefaultHttpxClient, OpenAI\n\n"
                "client = OpenAI("
                'http_client=DefaultHttpxClient(proxy="http://10.0.0.1:3128"))\n'
            ),
        ),
    )

    def check(
        self, fact: ClientInit | ClientCopy | ModuleSetting | HttpClient, file: File
    ) -> Iterator[Finding]:
        """Report what is given to a client and is not of its kind."""
        if fact.site.guarded or is_expected_to_fail(file, fact.node):
            return
        match fact:
            case ClientInit() | ClientCopy():
                argument = fact.call["http_client"]
                cls = fact.cls if isinstance(fact, ClientInit) else fact.client
                if argument is not None:
                    taker = _Taker(cls, argument.node, argument.expr, fact.confidence)
                    yield from self._injected(taker, file)
            case ModuleSetting() if fact.name == "http_client":
                taker = _Taker("openai", fact.node, fact.value, Confidence.HIGH)
                yield from self._injected(taker, file)
            case HttpClient() if fact.is_ours and fact.library in ("httpx", "httpx2", "openai"):
                yield from self._within(fact, file)

    # -- http_client= ------------------------------------------------------------------------------

    def _injected(self, taker: _Taker, file: File) -> Iterator[Finding]:
        if len(taker.expr.values) != 1:
            return
        value = taker.expr.value
        judged = self._judged(taker, value, file)
        if judged is None:
            return
        given, effect = judged
        fix, safety = self._injected_fix(taker, value, file)
        yield self.found(
            taker.node,
            fix=fix,
            safety=safety,
            confidence=min(taker.confidence, value.confidence),
            owner=f"`{taker.cls}`",
            wanted=f"an `httpx.{'AsyncClient' if taker.is_async else 'Client'}`",
            given=given,
            effect=effect,
        )

    def _judged(self, taker: _Taker, value: Value, file: File) -> tuple[str, str] | None:
        """Return what is given and what happens, where it is wrong."""
        origin = value.origin
        name = origin.removesuffix("()")
        if isinstance(value, Imported):
            if name in _SYNC | _ASYNC or name in _FOREIGN:
                return f"the class `{name}` itself", "`AttributeError`"
            return None
        if isinstance(value, Literal):
            if isinstance(value.value, (str, bytes, int)) and not isinstance(value.value, bool):
                return "a text" if isinstance(value.value, str) else "this", "`AttributeError`"
            return None
        if isinstance(value, Mapping):
            return "a mapping", "`AttributeError`"
        if not origin.endswith("()"):
            return None
        if name in _FOREIGN:
            return _FOREIGN[name], "`AttributeError`"
        if name in (_SYNC if taker.is_async else _ASYNC):
            return "a sync client" if taker.is_async else "an async client", "`TypeError`"
        if name in _HTTPX2 and file.target.declared and not file.target.reaches(2, 47):
            return "an httpx2 client", "`TypeError` below SDK 2.47"
        return None

    def _injected_fix(
        self, taker: _Taker, value: Value, file: File
    ) -> tuple[Sequence[Change], Safety]:
        name = value.origin.removesuffix("()")
        if isinstance(value, Imported):
            right = _TWIN_OF.get(name, "") if (name in _SYNC) is taker.is_async else name
            if right not in _SYNC | _ASYNC:
                return (), Safety.SHOW
            written = spelled(file, right, taker.node)
            instance: tuple[Change, ...] = (taker.expr.replace(f"{written.text}()"),)
            return (*instance, *written.imports), Safety.SHOW
        text = literal_text(file, taker.expr)
        if text is not None:
            written = http_client(file, taker.node, [f"proxy={text}"], asynchronous=taker.is_async)
            built: tuple[Change, ...] = (taker.expr.replace(written.text), *written.imports)
            return built, tempered(file, Safety.SAFE)
        if name not in _TWIN_OF or not isinstance(value, Result) or value.call is None:
            return (), Safety.SHOW
        if (name in _SYNC) is not taker.is_async:  # the right kind of a library that is not taken
            return (), Safety.SHOW
        here = value.node is taker.expr.node
        if not here and not is_sole_use(file, value.node):
            return (), Safety.SHOW
        written = spelled(file, _TWIN_OF[name], value.node)
        changes: tuple[Change, ...]
        changes = (Replace(value.call.func.node, (written.text,)), *written.imports)
        return changes, Safety.SAFE if here else Safety.SHOW

    # -- transport=, auth=, timeout= ---------------------------------------------------------------

    def _within(self, client: HttpClient, file: File) -> Iterator[Finding]:
        for name in ("transport", "mounts", "auth", "timeout"):
            argument = client.call[name]
            if argument is None:
                continue
            exprs = [argument.expr]
            if name == "mounts":
                exprs = [
                    entry.value
                    for mapping in argument.values
                    if isinstance(mapping, Mapping)
                    for entry in mapping.entries
                ]
            for expr in exprs:
                yield from self._part(client, name, expr, file)

    def _part(self, client: HttpClient, name: str, expr: Expr, file: File) -> Iterator[Finding]:
        value = expr.value
        if not isinstance(value, Result) or not value.origin.endswith("()"):
            return
        origin = value.origin.removesuffix("()")
        library, _, cls = origin.rpartition(".")
        transport = name in ("transport", "mounts") and origin in _TWIN_OF
        if transport and cls.startswith("Async") is not client.is_async:
            wanted = "an async transport" if client.is_async else "a sync transport"
            yield self._wrong(client, expr, _TWIN_OF[origin], wanted, file)
            return
        if library not in ("httpx", "httpx2") or (name == "timeout" and cls != "Timeout"):
            return
        if name == "auth" and not cls.endswith("Auth"):
            return
        own = self._library(client, file)
        if own is None or own == library or client.cls == "DefaultAioHttpClient":
            return
        if name == "timeout" and (not file.target.reaches(3) or "Httpx2" in client.cls):
            return
        right = "openai.Timeout" if name == "timeout" and own == "httpx2" else f"{own}.{cls}"
        yield self._wrong(client, expr, right, f"one of {own}", file)

    def _library(self, client: HttpClient, file: File) -> str | None:
        """Return the library that a client is of; for the SDK's own classes, in its newest form."""
        if client.library != "openai":
            return client.library
        if "Httpx2" in client.cls:
            return "httpx2"
        return "httpx2" if file.target.reaches(3) else "httpx"

    def _wrong(
        self, client: HttpClient, expr: Expr, right: str, wanted: str, file: File
    ) -> Finding:
        value = expr.value
        assert isinstance(value, Result) and value.call is not None
        written = spelled(file, right, value.node)
        fix: tuple[Change, ...] = (Replace(value.call.func.node, (written.text,)), *written.imports)
        # A transport of httpx2 in the SDK's own class would be wrong below 3.0.
        both = right == "openai.Timeout" or client.library != "openai" or file.target.starts(3)
        version = " from SDK 3 on" if client.library == "openai" and "one of" in wanted else ""
        return self.found(
            expr,
            fix=fix if both else (),
            safety=Safety.SAFE if value.node is expr.node else Safety.SHOW,
            confidence=min(client.confidence, value.confidence),
            owner=f"`{client.cls}`",
            wanted=wanted,
            given=f"`{value.origin.removesuffix('()')}`",
            effect=f"the first request fails{version}",
        )

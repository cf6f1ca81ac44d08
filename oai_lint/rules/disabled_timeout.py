"""Timeouts that are switched off."""

from collections.abc import Iterator

from oai_lint.facts import (
    ApiCall,
    Argument,
    ClientCopy,
    ClientInit,
    ClientSetting,
    Expr,
    File,
    HttpClient,
    HttpSetting,
    ModuleSetting,
    Parameter,
    RawCall,
    Result,
    Site,
)
from oai_lint.patch import Change, Delete, Drop, Insert, Replace
from oai_lint.rule import Confidence, Example, Finding, Rule, Severity

Judged = (
    ClientInit
    | ClientCopy
    | ClientSetting
    | ApiCall
    | ModuleSetting
    | HttpClient
    | HttpSetting
    | RawCall
)
_TIMEOUTS = ("openai.Timeout()", "httpx.Timeout()", "httpx2.Timeout()")
_LIMITS = ("connect", "read", "write", "pool")
_LEFT = ("connect", "sock_connect", "sock_read")


class DisabledTimeout(Rule[Judged]):
    """`timeout=None` does not mean the default: it switches every limit off.

    On an SDK client, on one call, on `with_options()`, on `httpx.Timeout(None)` and on the HTTP
    client that is handed to the SDK, `None` means no limit at all, in every SDK from 1.0 on: a
    connection that hangs blocks for ever.  Left out, the SDK waits 5 s to connect and 600 s to
    read.  A parameter that defaults to `None` and is passed on does the same for every caller who
    does not think of it, and so does `kwargs.get("timeout")`.

    ## Fix safety
    Unsafe: the argument goes, so that the default holds; a parameter's default becomes `600.0`, and
    a raw request gets 60 s.  A call that takes longer now fails.

    ## References
    - https://github.com/openai/openai-python#timeouts
    - https://www.python-httpx.org/advanced/timeouts/
    """

    code = "OAI403"
    message = "{what} switches every limit off, so a hung request blocks for ever; {advice}"
    severity = Severity.WARNING
    fixes = "Let the request time out"
    examples = (
        Example(
            bad="from openai import OpenAI\n\nclient = OpenAI(timeout=None)\n",
            good="from openai import OpenAI\n\nclient = OpenAI()\n",
        ),
        Example(
            bad=(
                "from openai import OpenAI\n\n\n"
                "def connect(timeout=None):\n    return OpenAI(timeout=timeout)\n"
            ),
            good=(
                "from openai import OpenAI\n\n\n"
                "def connect(timeout=600.0):\n    return OpenAI(timeout=timeout)\n"
            ),
        ),
    )

    def check(self, fact: Judged, file: File) -> Iterator[Finding]:
        """Report a limit that is `None` wherever it applies to traffic for OpenAI."""
        match fact:
            case ModuleSetting() | ClientSetting():
                if fact.name == "timeout":
                    yield from self._set(fact.value, fact.site, file, self._alone(fact), None)
            case HttpSetting():
                if fact.name == "timeout" and _serves(fact, file):
                    write = None if _injected(fact, file) else "60.0"
                    yield from self._set(fact.value, fact.site, file, True, write)
            case ApiCall():
                if not fact.legacy:
                    yield from self._given(fact.call["timeout"], fact.site, file, fact.confidence)
            case RawCall():
                if fact.host.is_ours:
                    yield from self._raw(fact, file)
            case HttpClient():
                if fact.for_openai and not fact.is_transport:
                    yield from self._library(fact, file)
            case ClientInit() | ClientCopy():
                yield from self._given(fact.call["timeout"], fact.site, file, fact.confidence)

    def _library(self, made: HttpClient, file: File) -> Iterator[Finding]:
        if made.library == "requests":
            return
        if made.library == "aiohttp":
            yield from self._aiohttp(made.call["timeout"])
            return
        if made.injected and not _takes_effect(made, file):
            return
        # Without a timeout the SDK puts its own 600 s; a raw call would be left with 5 s.
        write = None if made.injected or made.library == "openai" else "60.0"
        yield from self._given(made.call["timeout"], made.site, file, made.confidence, write)

    def _raw(self, raw: RawCall, file: File) -> Iterator[Finding]:
        if raw.library == "aiohttp":
            yield from self._aiohttp(raw.call["timeout"])
        else:
            write = "60" if raw.library in ("requests", "urllib") else "60.0"
            yield from self._given(raw.call["timeout"], raw.site, file, raw.confidence, write)

    def _given(
        self,
        timeout: Argument | None,
        site: Site,
        file: File,
        confidence: Confidence,
        write: str | None = None,
    ) -> Iterator[Finding]:
        if timeout is None or not timeout.certain:
            return
        change: Change | None = None
        if write is not None:
            change = timeout.expr.replace(write)
        elif timeout.expr.literal is None:
            change = Drop(timeout.node)
        yield from self._judged(timeout.expr, site, file, change, confidence)

    def _set(
        self, value: Expr, site: Site, file: File, alone: bool, write: str | None
    ) -> Iterator[Finding]:
        change: Change | None = None
        if write is not None:
            change = value.replace(write)
        elif alone:
            change = Delete(site.statement)
        yield from self._judged(value, site, file, change, Confidence.HIGH)

    def _alone(self, fact: ModuleSetting | ClientSetting) -> bool:
        return not isinstance(fact, ModuleSetting) or (fact.alone and not fact.by_setattr)

    def _judged(
        self, expr: Expr, site: Site, file: File, change: Change | None, confidence: Confidence
    ) -> Iterator[Finding]:
        if expr.literal is None:
            fix = () if change is None else change
            yield self.found(
                expr,
                fix=fix,
                confidence=min(confidence, expr.confidence),
                what="`timeout=None`",
                advice="leave it out or give seconds",
            )
            return
        values = expr.values
        if len(values) != 1:
            return
        value = values[0]
        if isinstance(value, Parameter):
            if value.default is None or value.default.literal is not None:
                return
            if any(value.name in condition for condition in site.conditions):
                return
            named = value.default.node is not value.node  # not so in `kwargs.get("timeout")`
            yield self.found(
                expr,
                fix=value.default.replace("600.0") if named else Insert(value.node, ("600.0",)),
                confidence=confidence,
                what=f"`{value.name}`, `None` by default,",
                advice="default to seconds",
            )
        elif isinstance(value, Result) and value.origin in _TIMEOUTS and value.call is not None:
            yield from self._timeout(value)

    def _timeout(self, made: Result) -> Iterator[Finding]:
        assert made.call is not None
        call = made.call
        if call.open:
            return
        default = call.get("timeout", 0)
        read = call["read"]
        if read is not None and read.literal is not None:
            return
        if default is not None and default.literal is None:
            if any(call[name] is not None for name in _LIMITS if name != "connect"):
                return
            yield self.found(
                default.expr,
                fix=Replace(default.expr.node, ("600.0",)),
                what="`Timeout(None)`",
                advice="give seconds",
            )
        elif default is None and all(
            (limit := call[name]) is not None and limit.literal is None for name in _LIMITS
        ):
            yield self.found(
                made.node, what="`Timeout` of nothing but `None`", advice="give seconds"
            )

    def _aiohttp(self, timeout: Argument | None) -> Iterator[Finding]:
        for value in timeout.values if timeout is not None else ():
            if isinstance(value, Result) and value.origin == "aiohttp.ClientTimeout()":
                call = value.call
                total = call.get("total", 0) if call is not None else None
                if call is None or call.open or total is None or total.literal is not None:
                    continue
                if len(call.positional) > 1 or any(call[name] is not None for name in _LEFT):
                    continue
                yield self.found(
                    total.expr,
                    fix=total.expr.replace("300"),
                    what="`ClientTimeout(total=None)`",
                    advice="give seconds",
                )


def _serves(setting: HttpSetting, file: File) -> bool:
    return any(made.node is setting.made and made.for_openai for made in file.all(HttpClient))


def _injected(setting: HttpSetting, file: File) -> bool:
    return any(made.node is setting.made and made.injected for made in file.all(HttpClient))


def _takes_effect(made: HttpClient, file: File) -> bool:
    """Say whether some SDK client goes by the timeout of the HTTP client it is given.

    The module does not (`openai.timeout` wins), nor does a client with a timeout of its own.
    """
    return any(
        init.http_client is not None
        and init.call["timeout"] is None
        and any(
            isinstance(value, Result) and value.call is not None and value.call.node is made.node
            for value in init.http_client.values
        )
        for init in file.all(ClientInit)
    )

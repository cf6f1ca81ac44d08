"""Limits that the SDK or its HTTP library refuses."""

from collections.abc import Iterator

from oai_lint.facts import (
    UNKNOWN,
    ApiCall,
    Argument,
    ClientCopy,
    ClientInit,
    Expr,
    File,
    HttpClient,
    Result,
)
from oai_lint.patch import Change, Drop, Insert, Replace, Safety
from oai_lint.rule import Confidence, Example, Finding, Rule, Severity

_TIMEOUTS = ("openai.Timeout()", "httpx.Timeout()", "httpx2.Timeout()")
_STEPS = ("connect", "read", "write", "pool")


class InvalidLimitValue(Rule[ClientInit | ClientCopy | ApiCall | HttpClient]):
    """This limit is not accepted, or means something else than it says.

    `max_retries` must be a whole number of at least 0: `None` is a `TypeError` from 1.16 on, and
    from 3.15 on so are `math.inf`, floats and text; -1 sent no request at all in 1.109 to 3.0
    (`AssertionError`) and is a `ValueError` since 3.15.  `timeout=0` ends every request with
    `APIConnectionError`, a text with `TypeError`.  `Timeout(connect=5)` raises `ValueError`: it
    wants a default or all four steps; it has no `total`.  `Client(limits=100)` raises
    `AttributeError`.

    ## Fix safety
    Shown only: what was meant has to be decided.

    ## References
    - https://github.com/openai/openai-python#retries
    - https://www.python-httpx.org/advanced/timeouts/
    """

    code = "OAI408"
    message = "{what}; {advice}"
    severity = Severity.ERROR
    safety = Safety.SHOW
    fixes = "Write a limit that is accepted"
    reaches = (1,)
    examples = (
        Example(bad="from openai import OpenAI\n\nclient = OpenAI(max_retries=None)\n"),
        Example(
            bad=(
                "import httpx\nfrom openai import OpenAI\n\n"
                "client = OpenAI(timeout=httpx.Timeout(connect=5))\n"
            ),
        ),
    )

    def check(
        self, fact: ClientInit | ClientCopy | ApiCall | HttpClient, file: File
    ) -> Iterator[Finding]:
        """Report limits whose value is seen and cannot work."""
        if fact.site.guarded:
            return
        if isinstance(fact, HttpClient):
            if fact.for_openai and fact.library in ("httpx", "httpx2", "openai"):
                yield from self._limits(fact)
                if not fact.is_transport:
                    yield from self._timeout(fact.call["timeout"], fact.confidence)
            return
        if isinstance(fact, ApiCall):
            if not fact.legacy:
                yield from self._timeout(fact.call["timeout"], fact.confidence)
            return
        yield from self._timeout(fact.call["timeout"], fact.confidence)
        retries = fact.call["max_retries"]
        if retries is not None and retries.certain:
            yield from self._retries(retries, file, fact.confidence)

    def _retries(self, retries: Argument, file: File, confidence: Confidence) -> Iterator[Finding]:
        value = retries.literal
        change: Change
        if value is None:
            if not file.target.reaches(1, 16):
                return
            what, advice = "`max_retries=None` raises `TypeError`", "give a whole number"
            change = Drop(retries.node)
        elif isinstance(value, int) and not isinstance(value, bool) and value < 0:
            what = f"`max_retries={value}` sends no request or raises `ValueError`"
            advice, change = "0 means no retry", retries.expr.replace("0")
        elif isinstance(value, (float, str)) or _is_infinite(retries.expr):
            if not file.target.reaches(3, 15):
                return
            what = "`max_retries` takes whole numbers only: `TypeError` from SDK 3.15"
            advice, change = "give a whole number", retries.expr.replace(_whole(value))
        else:
            return
        yield self.found(retries.expr, fix=change, confidence=confidence, what=what, advice=advice)

    def _timeout(self, timeout: Argument | None, confidence: Confidence) -> Iterator[Finding]:
        if timeout is None or not timeout.certain:
            return
        number = timeout.literal
        if isinstance(number, str):
            seconds = number.strip()
            fix = timeout.expr.replace(seconds) if seconds.replace(".", "", 1).isdigit() else ()
            yield self.found(
                timeout.expr,
                fix=fix,
                confidence=confidence,
                what="A text as `timeout` raises `TypeError` at the first request",
                advice="give a number",
            )
        elif isinstance(number, (int, float)) and not isinstance(number, bool) and number == 0:
            yield self.found(
                timeout.expr,
                fix=timeout.expr.replace("60.0"),
                confidence=confidence,
                what="`timeout=0` ends every request with `APIConnectionError`",
                advice="give seconds",
            )
        for value in timeout.values:
            if isinstance(value, Result) and value.origin in _TIMEOUTS and value.call is not None:
                yield from self._steps(value, confidence)

    def _steps(self, made: Result, confidence: Confidence) -> Iterator[Finding]:
        call = made.call
        assert call is not None
        total = call["total"]
        if total is not None:
            fix: Change | tuple[Change, ...] = ()
            if len(call.keywords) == 1 and not call.positional:
                fix = Replace(total.node, (total.expr.node,))
            yield self.found(
                total.node,
                fix=fix,
                confidence=confidence,
                what="`Timeout` has no `total=`: this raises `TypeError`",
                advice="no limit holds for the whole call",
            )
        elif (
            call.lacks("timeout", 0)
            and any(call[step] is None for step in _STEPS)
            and not set(call.keywords) - set(_STEPS)
        ):
            yield self.found(
                made.node,
                fix=Insert(call.node, ("600.0",), first=True),
                confidence=confidence,
                what="`Timeout` wants a default or all four steps: this raises `ValueError`",
                advice="give a default first",
            )

    def _limits(self, made: HttpClient) -> Iterator[Finding]:
        limits = made.call["limits"]
        if limits is None or not isinstance(limits.literal, (int, str, float)):
            return
        library = "httpx2" if made.library == "httpx2" else "httpx"
        fix: Change | tuple[Change, ...] = ()
        if made.library != "openai" and isinstance(limits.literal, int):
            fix = limits.expr.replace(f"{library}.Limits(max_connections=", limits.expr.node, ")")
        yield self.found(
            limits.expr,
            fix=fix,
            confidence=made.confidence,
            what="A number as `limits` raises `AttributeError`",
            advice="give `Limits(…)`",
        )


def _is_infinite(expr: Expr) -> bool:
    value = expr.value
    if value.origin == "math.inf":
        return True
    if isinstance(value, Result) and value.origin == "builtins.float()" and value.call is not None:
        first = value.call.get("", 0)
        text = first.literal if first is not None else UNKNOWN
        return isinstance(text, str) and text.strip().lower() in ("inf", "infinity")
    return False


def _whole(value: object) -> str:
    try:
        return str(int(float(str(value))))
    except (ValueError, OverflowError):
        return "10"

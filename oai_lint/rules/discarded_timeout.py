"""Timeouts of the HTTP client that the SDK does not use."""

from collections.abc import Iterator

from oai_lint.facts import UNKNOWN, Call, ClientInit, Expr, File, ModuleSetting, Result
from oai_lint.patch import After, Drop, Insert
from oai_lint.rule import Example, Finding, Rule, Severity

_CLIENTS = frozenset(
    f"{module}.{name}()"
    for module, names in (
        ("httpx", ("Client", "AsyncClient")),
        ("httpx2", ("Client", "AsyncClient")),
        (
            "openai",
            (
                "DefaultHttpxClient",
                "DefaultAsyncHttpxClient",
                "DefaultHttpx2Client",
                "DefaultAsyncHttpx2Client",
                "DefaultAioHttpClient",
            ),
        ),
    )
    for name in names
)
_TIMEOUTS = ("openai.Timeout()", "httpx.Timeout()", "httpx2.Timeout()")


class DiscardedTimeout(Rule[ClientInit | ModuleSetting]):
    """The timeout of this HTTP client never reaches a request of the SDK.

    The SDK takes the timeout of the `http_client` it is given unless that equals the library's
    default of 5 s: `httpx.Client(timeout=5)` looks like a client without a timeout, and the SDK
    waits 600 s.  Where `OpenAI(timeout=…)` is given as well, that one wins.  With the module's own
    calls (`openai.http_client = …`) `openai.timeout` always wins.  Seen with every SDK from 1.0 to
    3.54.

    ## Fix safety
    Unsafe: the timeout is put where it counts, so requests begin to fail after that time.

    ## References
    - https://github.com/openai/openai-python#timeouts
    - https://github.com/openai/openai-python#configuring-the-http-client
    """

    code = "OAI404"
    message = "{what}: {happens}; {advice}"
    severity = Severity.WARNING
    fixes = "Put the timeout on the SDK client"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "import httpx\nfrom openai import OpenAI\n\n"
                "client = OpenAI(http_client=httpx.Client(timeout=5))\n"
            ),
            good=(
                "import httpx\nfrom openai import OpenAI\n\n"
                "client = OpenAI(http_client=httpx.Client(timeout=5), timeout=5.0)\n"
            ),
        ),
        Example(
            bad=(
                "import openai\n\n"
                "openai.http_client = openai.DefaultHttpxClient(timeout=30)\n"
                'openai.chat.completions.create(model="gpt-5.5", messages=[])\n'
            ),
            good=(
                "import openai\n\n"
                "openai.http_client = openai.DefaultHttpxClient()\n"
                "openai.timeout = 30\n"
                'openai.chat.completions.create(model="gpt-5.5", messages=[])\n'
            ),
        ),
    )

    def check(self, fact: ClientInit | ModuleSetting, file: File) -> Iterator[Finding]:
        """Report a timeout of the HTTP client that is not the one in force."""
        if isinstance(fact, ModuleSetting):
            if fact.name == "http_client":
                yield from self._module(fact, file)
            return
        if fact.http_client is None or fact.partial:
            return
        call = _http_call(fact.http_client.expr)
        limit = call["timeout"] if call is not None else None
        if limit is None:
            return
        number = _seconds(limit.expr)
        own = fact.call["timeout"]
        if own is None:
            if number == 5 and not fact.call.open:
                yield self.found(
                    limit.node,
                    fix=Insert(fact.node, ("timeout=5.0",)),
                    what="5 s is the library's default, which the SDK takes for unset",
                    happens="it waits 600 s",
                    advice="set `timeout=` on the SDK client",
                    confidence=fact.confidence,
                )
        elif number is not UNKNOWN and _differs(number, own.literal):
            yield self.found(
                limit.node,
                fix=Drop(limit.node),
                title="Drop the timeout that is not used",
                what="This timeout is not used",
                happens="the SDK client's own `timeout=` wins",
                advice="give one of them",
                confidence=fact.confidence,
            )

    def _module(self, setting: ModuleSetting, file: File) -> Iterator[Finding]:
        call = _http_call(setting.value)
        limit = call["timeout"] if call is not None else None
        if limit is None or limit.is_none:
            return
        others = [s for s in file.all(ModuleSetting) if s.name == "timeout"]
        number = _seconds(limit.expr)
        if any(not _differs(number, other.value.literal) for other in others):
            return
        fix: tuple[Drop | After, ...] = (Drop(limit.node),)
        if limit.spread or setting.by_setattr or not setting.alone:
            fix = ()
        elif not others:
            module = file.code(setting.node).rpartition(".")[0]
            fix += (After(setting.site.statement, ((f"{module}.timeout = ", limit.expr.node),)),)
        yield self.found(
            limit.node,
            fix=fix,
            what="The module ignores this timeout",
            happens="`openai.timeout` (600 s) wins",
            advice="set `openai.timeout`",
        )


def _http_call(expr: Expr) -> Call | None:
    """Return the one call that builds the client."""
    value = expr.value
    if isinstance(value, Result) and value.origin in _CLIENTS:
        return value.call
    return None


def _seconds(expr: Expr) -> object:
    """Return a number, the same for every step; UNKNOWN for all else."""
    number = expr.literal
    if isinstance(number, (int, float)) and not isinstance(number, bool):
        return number
    value = expr.value
    if isinstance(value, Result) and value.origin in _TIMEOUTS and value.call is not None:
        call = value.call
        if len(call.positional) == 1 and not call.keywords and not call.open:
            return _seconds(call.positional[0].expr)
    return UNKNOWN


def _differs(number: object, other: object) -> bool:
    return number is not UNKNOWN and isinstance(other, (int, float)) and number != other

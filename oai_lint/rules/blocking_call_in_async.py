"""Calls that stop the event loop."""

from collections.abc import Iterator

from oai_lint.facts import ApiCall, ClientInit, File, LocalObject, RawCall, Result
from oai_lint.fixes.awaiting import awaited, made_async
from oai_lint.judgement.pointers import built
from oai_lint.knowledge.clients import twin
from oai_lint.knowledge.endpoints import endpoint
from oai_lint.patch import Change, Rename
from oai_lint.rule import Example, Finding, Rule, Severity


class BlockingCallInAsync(Rule[ApiCall | RawCall]):
    """A synchronous request inside `async def` stops every other task of the event loop.

    `OpenAI()`, the module's own calls (`openai.chat…`) and `requests` wait in the thread that runs
    the loop: no other request, message or timer is served until the answer is there, which may
    take minutes.  `AsyncOpenAI` has the same methods as coroutines; `asyncio.to_thread` runs a
    synchronous call beside the loop.  A client on a `MockTransport` waits for nothing and is left
    alone.

    ## Fix safety
    Unsafe: the client becomes `AsyncOpenAI` and its calls are awaited; only where this file builds
    the client, and all its calls stand in `async def`.

    ## References
    - https://github.com/openai/openai-python#async-usage
    - https://docs.python.org/3/library/asyncio-task.html#running-in-threads
    """

    code = "OAI503"
    message = "`{what}` blocks the event loop until the answer is there; {advice}"
    severity = Severity.WARNING
    fixes = "Use the asynchronous client"
    examples = (
        Example(
            bad=(
                "from openai import OpenAI\n\nclient = OpenAI()\n\n\n"
                "async def ask(text):\n"
                '    answer = client.responses.create(model="gpt-5.5", input=text)\n'
                "    return answer.output_text\n"
            ),
            good=(
                "from openai import AsyncOpenAI\n\nclient = AsyncOpenAI()\n\n\n"
                "async def ask(text):\n"
                '    answer = await client.responses.create(model="gpt-5.5", input=text)\n'
                "    return answer.output_text\n"
            ),
        ),
    )

    def check(self, call: ApiCall | RawCall, file: File) -> Iterator[Finding]:
        """Report a synchronous request that an ``async def`` makes itself."""
        if not call.site.in_async or call.site.guarded:
            return
        if isinstance(call, RawCall):
            library = call.library
            blocking = library == "requests" or (
                library in ("httpx", "httpx2") and not call.session.endswith(".AsyncClient")
            )
            if blocking and call.host.is_ours and not call.site.awaited:
                yield self.found(
                    call,
                    what=_short(file.code(call.call.func.node)),
                    confidence=call.confidence,
                    advice="use an asynchronous client",
                    related=built(call, file),
                )
            return
        if not call.direct or call.is_async or _is_local(call) or _is_mocked(call, file):
            return
        # The rule about awaited synchronous calls speaks there, if it may speak at all.
        if file.target.reaches(1) and (call.site.awaited or file.lifetime(call.node).awaited):
            return
        what = f"{call.path}()"
        yield self.found(
            call,
            fix=_fix(call, file),
            what=what,
            advice=_advice(call, file),
            confidence=call.confidence,
            related=built(call, file),
        )


def _is_local(call: ApiCall) -> bool:
    """Say whether the method sends nothing, or nothing before it is entered."""
    method = endpoint(call.path)
    if method is None:
        return False
    if method.kind == "manager":
        return not call.site.entered
    return method.kind == "plain" and not method.method


def _is_mocked(call: ApiCall, file: File) -> bool:
    """Say whether a transport of a test answers at once, without a network to wait for."""
    init = next((i for i in file.all(ClientInit) if i.node is call.made), None)
    if init is None or init.http_client is None:
        return False
    return any(
        isinstance(client, (LocalObject, Result))
        and client.call is not None
        and (transport := client.call["transport"]) is not None
        and transport.expr.origin.endswith(".MockTransport()")
        for client in init.http_client.values
    )


def _advice(call: ApiCall, file: File) -> str:
    if _has_coroutine(call, file):
        return "use `acreate`"
    if call.legacy and not file.target.reaches(1):
        return "run it in a thread"
    return f"use `{twin(call.client)}`" if call.client else "use `AsyncOpenAI`"


def _has_coroutine(call: ApiCall, file: File) -> bool:
    """Say whether a call of SDK 0.x is made where that SDK runs, and has its `acreate`."""
    return call.legacy and not file.target.reaches(1) and call.path.endswith(".create")


def _fix(call: ApiCall, file: File) -> tuple[Change, ...]:
    if _has_coroutine(call, file) and not call.site.chained and not call.streams:
        wait = () if call.site.under_await else (awaited(call.node, call.site),)
        return (Rename(call.call.func.node, "acreate"), *wait)
    init = next((i for i in file.all(ClientInit) if i.node is call.made), None)
    return made_async(init, file) if init is not None else ()


def _short(code: str) -> str:
    return code if len(code) <= 40 and "\n" not in code else "requests"

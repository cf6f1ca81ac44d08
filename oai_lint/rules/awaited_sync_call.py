"""Asynchronous syntax round synchronous calls, and the reverse."""

from collections.abc import Iterator

from oai_lint.facts import ApiCall, ClientInit, Entrance, File, Loop
from oai_lint.fixes.awaiting import made_async
from oai_lint.fixes.migration import async_client, module_name
from oai_lint.judgement.pointers import built
from oai_lint.knowledge.endpoints import endpoint
from oai_lint.patch import Change, Import, Insert, Lead, Rename, Replace, Safety
from oai_lint.rule import Confidence, Example, Finding, Rule, Severity


class AwaitedSyncCall(Rule[ApiCall | ClientInit]):
    """The kind of client and the kind of syntax do not fit.

    `await` on a call of `OpenAI` or of the module raises `TypeError: object ChatCompletion can't be
    used in 'await' expression` after the (blocking) request was paid for; `async for` and
    `async with` on a synchronous stream or client likewise.  `with AsyncOpenAI()` raises
    `AttributeError`, a plain `for` over an asynchronous stream `TypeError`.

    ## Fix safety
    Safe: the code could not run.  `async` is only added inside `async def`.  There the client
    becomes `AsyncOpenAI`; unsafe where some of its calls worked, and where it cannot: calls of the
    module get a client of their own, others run beside the event loop by `asyncio.to_thread`.

    ## References
    - https://github.com/openai/openai-python#async-usage
    """

    code = "OAI505"
    message = "{what} raises `{error}`; {advice}"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Make client and syntax fit"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "from openai import OpenAI\n\nclient = OpenAI()\n\n\n"
                "async def ask(text):\n"
                '    return await client.responses.create(model="gpt-5.5", input=text)\n'
            ),
            good=(
                "from openai import AsyncOpenAI\n\nclient = AsyncOpenAI()\n\n\n"
                "async def ask(text):\n"
                '    return await client.responses.create(model="gpt-5.5", input=text)\n'
            ),
        ),
    )

    def check(self, fact: ApiCall | ClientInit, file: File) -> Iterator[Finding]:
        """Report `await` and `async` that do not fit the client, and where they are missing."""
        if isinstance(fact, ClientInit):
            for entrance in file.lifetime(fact.node).entrances:
                yield from self._entered(fact, entrance)
            return
        if fact.site.guarded or not fact.direct:
            return
        if fact.is_async:
            yield from self._stream(fact, file)
            return
        if fact.site.under_await:
            fix, safety = _meant(fact, file)
            yield self.found(
                fact,
                fix=fix,
                safety=safety,
                confidence=fact.confidence,
                related=built(fact, file),
                what=f"`await` on the synchronous `{fact.path}()`",
                error="TypeError",
                advice="use `AsyncOpenAI`, or take `await` out",
            )
        life = file.lifetime(fact.node)
        for loop in life.iterated:
            if loop.asynchronous:
                head = "for " if loop.is_statement else " for "
                fix, safety = _asynchronous(fact, file)
                yield self.found(
                    loop.over,
                    fix=fix or (Lead(loop.node, loop.target, (head,)),),
                    safety=safety,
                    confidence=fact.confidence,
                    what="`async for` over a synchronous stream",
                    error="TypeError",
                    advice="take `async` out",
                )
        for entrance in life.entrances:
            if entrance.asynchronous:
                yield self._drop(entrance, "a synchronous stream", fact.confidence)

    def _stream(self, api: ApiCall, file: File) -> Iterator[Finding]:
        method = endpoint(api.path)
        if not api.site.under_await and (method is None or method.kind != "page"):
            return
        for loop in file.lifetime(api.node).iterated:
            if not loop.asynchronous and (api.streams or (method and method.kind == "page")):
                yield self._add(loop, api.confidence)

    def _add(self, loop: Loop, confidence: Confidence) -> Finding:
        fix: tuple[Change, ...] = ()
        if loop.site.may_await:
            head = "async for " if loop.is_statement else " async for "
            fix = (Lead(loop.node, loop.target, (head,)),)
        return self.found(
            loop.over,
            fix=fix,
            confidence=confidence,
            error="TypeError",
            what="`for` over an asynchronous stream",
            advice="write `async for`",
        )

    def _entered(self, init: ClientInit, entrance: Entrance) -> Iterator[Finding]:
        if init.is_async and not entrance.asynchronous:
            fix: tuple[Change, ...] = ()
            if entrance.site.may_await and entrance.alone:
                fix = (Lead(entrance.node, entrance.item, ("async with ",)),)
            yield self.found(
                init,
                fix=fix,
                confidence=init.confidence,
                what=f"`with {init.cls}()`",
                error="AttributeError",
                advice="write `async with`",
            )
        elif entrance.asynchronous and not init.is_async:
            yield self._drop(entrance, f"`{init.cls}()`", init.confidence)

    def _drop(self, entrance: Entrance, what: str, confidence: Confidence) -> Finding:
        fix = (Lead(entrance.node, entrance.item, ("with ",)),) if entrance.alone else ()
        return self.found(
            entrance.item,
            fix=fix,
            confidence=confidence,
            what=f"`async with` on {what}",
            error="TypeError",
            advice="take `async` out",
        )


def _meant(call: ApiCall, file: File) -> tuple[tuple[Change, ...], Safety]:
    """Return what makes an awaited call one that can be awaited, and how safe that is."""
    if call.legacy and call.path.endswith(".create"):
        return (Rename(call.call.func.node, "acreate"),), Safety.SAFE
    if not call.site.in_async:
        return (Replace(call.site.parent, (call.node,)),), Safety.SAFE
    fix, safety = _asynchronous(call, file)
    if fix:
        return fix, safety
    found = module_name(file, call.node) if call.on_module and not call.via else None
    if found is not None:
        root, made = async_client(file, call.node, found[0])
        func = Replace(call.call.func.node, (f"{root}.{call.path}",))
        return (*found[1], *made, func), Safety.UNSAFE
    name = file.name_of("asyncio.to_thread", call.node)
    if not name and not file.is_free("asyncio", call.node):
        return (Replace(call.site.parent, (call.node,)),), Safety.SAFE
    thread = (
        Replace(call.call.func.node, (name or "asyncio.to_thread",)),
        Insert(call.node, (call.call.func.node,), first=True),
    )
    return (*(() if name else (Import("asyncio"),)), *thread), Safety.UNSAFE


def _asynchronous(call: ApiCall, file: File) -> tuple[tuple[Change, ...], Safety]:
    """Return what makes the client of a call asynchronous: safe where no call of it could work."""
    init = next((i for i in file.all(ClientInit) if i.node is call.made), None)
    if init is None:
        return (), Safety.SAFE
    calls = [api for api in file.all(ApiCall) if api.made is init.node]
    hopeless = all(api.site.under_await or file.lifetime(api.node).awaited for api in calls)
    return made_async(init, file), Safety.SAFE if hopeless else Safety.UNSAFE

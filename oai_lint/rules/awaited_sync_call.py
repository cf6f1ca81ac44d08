"""Asynchronous syntax round synchronous calls, and the reverse."""

from collections.abc import Iterator

from oai_lint.facts import ApiCall, ClientInit, Entrance, File, Loop
from oai_lint.knowledge.endpoints import endpoint
from oai_lint.patch import Change, Lead, Rename, Replace, Safety
from oai_lint.rule import Confidence, Example, Finding, Rule, Severity


class AwaitedSyncCall(Rule[ApiCall | ClientInit]):
    """The kind of client and the kind of syntax do not fit.

    `await` on a call of `OpenAI` or of the module raises `TypeError: object ChatCompletion can't be
    used in 'await' expression` after the (blocking) request was paid for; `async for` and
    `async with` on a synchronous stream or client likewise.  `with AsyncOpenAI()` raises
    `AttributeError`, a plain `for` over an asynchronous stream `TypeError`.

    ## Fix safety
    Safe: the code could not run.  `async` is only added inside `async def`.

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
                "from openai import OpenAI\n\nclient = OpenAI()\n\n\n"
                "async def ask(text):\n"
                '    return client.responses.create(model="gpt-5.5", input=text)\n'
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
            fix: Change = Replace(fact.site.parent, (fact.node,))
            advice = "use `AsyncOpenAI`, or take `await` out"
            if fact.legacy and fact.path.endswith(".create"):
                advice, fix = "use `acreate`", Rename(fact.call.func.node, "acreate")
            yield self.found(
                fact,
                fix=fix,
                confidence=fact.confidence,
                what=f"`await` on the synchronous `{fact.path}()`",
                error="TypeError",
                advice=advice,
            )
        life = file.lifetime(fact.node)
        for loop in life.iterated:
            if loop.asynchronous:
                fix = Lead(loop.node, loop.target, ("for " if loop.is_statement else " for ",))
                yield self.found(
                    loop.over,
                    fix=fix,
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

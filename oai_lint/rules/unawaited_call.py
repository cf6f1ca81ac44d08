"""Coroutines that never run."""

from collections.abc import Iterator

from oai_lint.facts import ApiCall, ClientInit, File
from oai_lint.fixes.awaiting import awaited
from oai_lint.judgement.pointers import built
from oai_lint.knowledge.endpoints import endpoint
from oai_lint.patch import Change, Safety
from oai_lint.rule import Example, Finding, Rule, Severity


class UnawaitedCall(Rule[ApiCall | ClientInit]):
    """Without `await` a call of `AsyncOpenAI` sends nothing.

    It returns a coroutine: as a statement it is thrown away (`RuntimeWarning: coroutine … was never
    awaited`), reading `.choices` off it raises `AttributeError`, iterating it `TypeError`.
    `client.close()` without `await` closes nothing.  Pages (`client.models.list()` in `async for`),
    `.stream(…)` and `with_streaming_response` are no coroutines.

    ## Fix safety
    Safe inside `async def`: the code could not work.  Unsafe for `close()`, after which the client
    is closed indeed.

    ## References
    - https://github.com/openai/openai-python#async-usage
    """

    code = "OAI504"
    message = "`{what}` is never awaited, so it does nothing; write `await` before it"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Await the call"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "from openai import AsyncOpenAI\n\nclient = AsyncOpenAI()\n\n\n"
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

    def check(self, fact: ApiCall | ClientInit, file: File) -> Iterator[Finding]:
        """Report a coroutine that is thrown away, read or iterated."""
        if isinstance(fact, ClientInit):
            if fact.is_async:
                yield from self._closes(fact, file)
            return
        method = endpoint(fact.path)
        if not fact.client.startswith("Async") or method is None or not method.is_coroutine:
            return
        site = fact.site
        if not fact.direct or site.under_await or "with_streaming_response" in fact.via:
            return
        life = file.lifetime(fact.node)
        plain = site.is_statement or site.chained or site.awaited or site.entered
        if not plain:
            if life.handed_on or (life.awaited and not (life.iterated or life.entrances)):
                return
            if not life.iterated and not _is_read(file, life.uses):
                return
        fix: tuple[Change, ...] = (awaited(fact.node, site),) if site.may_await else ()
        yield self.found(
            fact,
            fix=fix,
            what=f"{fact.path}()",
            confidence=fact.confidence,
            related=built(fact, file),
        )

    def _closes(self, init: ClientInit, file: File) -> Iterator[Finding]:
        life = file.lifetime(init.node)
        for close in life.closes:
            if close.site.is_statement:
                later = any(file.site(use).order > close.site.order for use in life.uses)
                yield self.found(
                    close.node,
                    fix=awaited(close.node, close.site) if close.site.may_await else (),
                    safety=Safety.UNSAFE if later or close.site.loops else Safety.SAFE,
                    what=f"{close.name}.close()",
                    confidence=init.confidence,
                )


def _is_read(file: File, uses: tuple[object, ...]) -> bool:
    """Say whether every use reads something off it."""
    return bool(uses) and all(file.site(use).chained for use in uses)

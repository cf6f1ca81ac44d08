"""One asynchronous client in several event loops."""

from collections.abc import Iterator

from oai_lint.facts import ApiCall, ClientInit, File, Frequency, LoopRun
from oai_lint.patch import Change, Enclose, Node, Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity


class ClientAcrossLoops(Rule[ClientInit]):
    """An asynchronous client belongs to the event loop of its first request.

    Each `asyncio.run()` makes a new loop and closes it; the connections that the client keeps
    belong to the closed one, and the next request over them fails with `RuntimeError: Event loop is
    closed`.  Up to 3.14 the SDK's retries hide it (as an `APIConnectionError` and lost time), from
    3.15 on it comes out raw.  Build the client inside the coroutine, or run one loop for all.

    ## Fix safety
    Shown only: `asyncio.Runner` (Python 3.11) keeps one loop for the runs of one block, and for the
    runs of a loop; nothing is shown where they stand apart.

    ## References
    - https://docs.python.org/3/library/asyncio-runner.html#asyncio.run
    - https://github.com/openai/openai-python#async-usage
    """

    code = "OAI507"
    message = "`{cls}()` is used in {many}: after the first, `Event loop is closed`; use one loop"
    severity = Severity.ERROR
    safety = Safety.SHOW
    fixes = "Run them in one event loop"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "import asyncio\n\nfrom openai import AsyncOpenAI\n\nclient = AsyncOpenAI()\n\n\n"
                "async def ask(text):\n"
                '    return await client.responses.create(model="gpt-5.5", input=text)\n\n\n'
                'asyncio.run(ask("a"))\n'
                'asyncio.run(ask("b"))\n'
            ),
        ),
    )

    def check(self, init: ClientInit, file: File) -> Iterator[Finding]:
        """Report a client that outlives a loop and is used in the next."""
        if not init.is_async or init.partial:
            return
        users = {
            api.site.function
            for api in file.all(ApiCall)
            if api.made is init.node and api.site.function is not None
        }
        runs = [
            run
            for run in file.all(LoopRun)
            if users & run.reached and init.site.function not in run.reached
        ]
        for run in runs:
            frequency = file.frequency(run.node)
            inside = init.site.function is not None and init.site.function is run.site.function
            if frequency.often and not (inside and frequency.loop is None):
                if frequency.loop is not None and file.inside(init.node, frequency.loop):
                    continue
                yield self.found(
                    run,
                    fix=_in_loop(run, frequency, file),
                    cls=init.cls,
                    many="a loop that is run again and again",
                    confidence=min(init.confidence, frequency.confidence),
                )
                return
        for first, second in _pairs(runs):
            if not file.exclusive(first.node, second.node):
                yield self.found(
                    second,
                    fix=_in_block(runs, first, second, file),
                    cls=init.cls,
                    many="two `asyncio.run()`",
                    confidence=init.confidence,
                )
                return


def _pairs(runs: list[LoopRun]) -> Iterator[tuple[LoopRun, LoopRun]]:
    for index, first in enumerate(runs):
        for second in runs[index + 1 :]:
            if first.site.function is second.site.function:
                yield first, second


def _in_loop(run: LoopRun, frequency: Frequency, file: File) -> tuple[Change, ...]:
    loop = frequency.loop
    return _one_runner([run], loop, loop, file) if loop and frequency.is_statement else ()


def _in_block(
    runs: list[LoopRun], first: LoopRun, second: LoopRun, file: File
) -> tuple[Change, ...]:
    block = file.block(first.node)
    beside = [run for run in runs if file.block(run.node) is block]
    if second not in beside:
        return ()
    last = beside[-1].site.statement
    return _one_runner(beside, first.site.statement, last, file)


def _one_runner(runs: list[LoopRun], first: Node, last: Node, file: File) -> tuple[Change, ...]:
    """Return the changes that put statements under a runner of their own; for asyncio alone."""
    name = "runner"
    module = file.name_of("asyncio", first)
    if not module or not file.is_free(name, first):
        return ()
    for run in runs:
        if run.call.func.origin != "asyncio.run" or run.call.open or len(run.call.positional) != 1:
            return ()
        if run.call.keywords:
            return ()
    return (
        Enclose(first, last, (f"with {module}.Runner() as {name}:",)),
        *(Replace(run.call.func.node, (f"{name}.run",)) for run in runs),
    )

"""Streams that are left before their end."""

from collections.abc import Iterator

from oai_lint.facts import ApiCall, File, Lifetime, Loop
from oai_lint.patch import Change, Enclose, Replace
from oai_lint.rule import Example, Finding, Related, Rule, Severity


class AbandonedStream(Rule[ApiCall]):
    """A stream that is left by `break` or `return` may keep its connection.

    The connection goes back to the pool when the stream is read to its end or closed.  Left
    halfway, it stays taken until the garbage collector finds the stream: with a small pool the next
    request waits and fails with `APITimeoutError` (`PoolTimeout`).  `with` closes it on every way
    out (from 1.6).

    ## Fix safety
    Unsafe: the stream is closed at the end of the `with`.

    ## References
    - https://github.com/openai/openai-python#streaming-responses
    """

    code = "OAI508"
    message = "This stream is left before its end and never closed: its connection may stay taken"
    severity = Severity.WARNING
    fixes = "Close the stream with `with`"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "from openai import OpenAI\n\nclient = OpenAI()\n"
                'stream = client.responses.create(model="gpt-5.5", input="x", stream=True)\n'
                "for event in stream:\n"
                "    if stopped():\n"
                "        break\n"
            ),
            good=(
                "from openai import OpenAI\n\nclient = OpenAI()\n"
                'with client.responses.create(model="gpt-5.5", input="x", stream=True) as stream:\n'
                "    for event in stream:\n"
                "        if stopped():\n"
                "            break\n"
            ),
        ),
    )

    def check(self, api: ApiCall, file: File) -> Iterator[Finding]:
        """Report a stream with a loop that is left, which nothing closes."""
        if api.legacy or not api.streams or "with_streaming_response" in api.via:
            return
        life = file.lifetime(api.node)
        if life.closed or life.handed_on:
            return
        for loop in life.iterated:
            if loop.leaves:
                fix = _fix(api, life, loop, file)
                notes = (Related(loop.leaves[0], "left here"),)
                yield self.found(api, fix=fix, related=notes, confidence=api.confidence)
                return


def _fix(api: ApiCall, life: Lifetime, loop: Loop, file: File) -> tuple[Change, ...]:
    awaits = api.site.under_await
    if api.is_async != awaits or (awaits and not api.site.may_await):
        return ()
    whole = api.site.parent if awaits else api.node
    keyword = "async with " if awaits else "with "
    if not life.names:
        if loop.over is not whole or not loop.is_statement or "\n" in file.code(whole):
            return ()
        head = (keyword, whole, " as stream:")
        return (Enclose(loop.node, loop.node, head), Replace(whole, ("stream",)))
    extent = file.lifetime(whole).extent
    if extent is None or len(life.names) != 1:
        return ()
    head = (keyword, whole, f" as {life.names[0]}:")
    return (Enclose(extent[0], extent[1], head, replace_first=True),)

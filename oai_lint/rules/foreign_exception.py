"""Handlers for the exceptions of a library that the SDK keeps to itself."""

from collections.abc import Iterator

from oai_lint.facts import ApiCall, ClientInit, File, Handler, Try, Work
from oai_lint.fixes.classes import named
from oai_lint.fixes.ladders import covers
from oai_lint.judgement.foreign_errors import sdk_class
from oai_lint.patch import Change, Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity

_LIBRARIES = ("requests", "httpx", "httpx2")
# What a call by one of these names does stays in the process, whatever it is called on.
_PURE = frozenset({
    "append", "extend", "strip", "lstrip", "rstrip", "split", "splitlines", "join", "format",
    "replace", "lower", "upper", "startswith", "endswith", "items", "keys", "values", "get",
    "copy", "update", "pop", "encode", "decode", "model_dump", "model_dump_json", "info", "debug",
    "warning", "error", "exception", "time", "perf_counter", "sleep", "dumps", "loads",
})  # fmt: skip
_PURE_MODULES = ("builtins.", "json.", "logging.", "time.", "re.", "typing.", "copy.", "random.")
_FILES = ("builtins.open()", "builtins.input()", "builtins.exec()", "builtins.eval()")


class ForeignException(Rule[Try]):
    """The SDK never lets the exceptions of its HTTP library out of a plain call.

    A timeout is `openai.APITimeoutError`, a broken connection `openai.APIConnectionError`, an
    error status a class of `openai.APIStatusError`; the library's own exception is only its
    `__cause__`.  So `except httpx.TimeoutException` and `except requests.exceptions.Timeout`
    round such calls never run, and the SDK's errors pass them by.

    Iterating over a stream is another matter: before 3.14 the library's exceptions came out there.

    ## Fix safety
    Unsafe: the handler runs from now on.

    ## References
    - https://github.com/openai/openai-python#handling-errors
    - https://www.python-httpx.org/exceptions/
    """

    code = "OAI704"
    message = "the SDK raises `openai.{cls}`, never `{name}`: this handler does not run"
    severity = Severity.ERROR
    safety = Safety.UNSAFE
    fixes = "Catch the SDK's exception"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "import httpx\n"
                "import openai\n\n"
                "try:\n"
                "    openai.models.list()\n"
                "except httpx.TimeoutException:\n"
                "    wait()\n"
            ),
            good=(
                "import openai\n\n"
                "try:\n"
                "    openai.models.list()\n"
                "except openai.APITimeoutError:\n"
                "    wait()\n"
            ),
        ),
    )

    def check(self, block: Try, file: File) -> Iterator[Finding]:
        """Report handlers of other libraries round calls of the SDK alone."""
        foreign = [handler for handler in block.handlers if _is_foreign(handler)]
        if not foreign or not _is_ours(block, file):
            return
        for index, handler in enumerate(block.handlers):
            if handler not in foreign or handler.site.guarded:
                continue
            fix: list[Change] = []
            wanted: list[str] = []
            for caught in handler.classes:
                cls = sdk_class(caught.name)
                wanted.append(cls)
                written, needed = named(file, cls, caught.node)
                before = block.handlers[:index]
                if not caught.inline or not written or _is_taken(before, cls):
                    fix = []
                    break
                fix += (*needed, Replace(caught.node, (written,)))
            if len(set(wanted)) < len(wanted):
                fix = []
            first = handler.classes[0]
            yield self.found(handler.type_node, cls=wanted[0], name=first.name, fix=fix)


def _is_foreign(handler: Handler) -> bool:
    return bool(handler.classes) and all(
        caught.name.split(".")[0] in _LIBRARIES and "()" not in caught.name
        for caught in handler.classes
    )


def _is_taken(handlers: tuple[Handler, ...], cls: str) -> bool:
    return any(
        caught.name and covers(caught.name, f"openai.{cls}")
        for handler in handlers
        for caught in handler.classes
    )


def _is_ours(block: Try, file: File) -> bool:
    """Say whether calls of the SDK are all the traffic of a body, and none of them streams."""
    calls = {call.node: call for call in file.all(ApiCall)}
    made = [calls[work.node] for work in block.work if work.node in calls]
    if not made or any(call.legacy for call in made):
        return False
    if any(init.http_client is not None or init.call.open for init in file.all(ClientInit)):
        return False
    if not file.target.starts(3, 14):
        if any(not origin.startswith("builtins.") for origin in block.loops):
            return False
        if any(call.call.open or not _is_plain(call) for call in made):
            return False
    return all(work.node in calls or _is_quiet(work) for work in block.work)


def _is_plain(call: ApiCall) -> bool:
    stream = call.call["stream"]
    if "stream" in call.path or "with_streaming_response" in call.via:
        return False
    return stream is None or stream.literal in (False, None)


def _is_quiet(work: Work) -> bool:
    if work.local or work.origin in _FILES:
        return False
    if work.origin.startswith(_PURE_MODULES) or work.origin.startswith("openai."):
        return True
    return not work.origin and work.name in _PURE

"""Handlers that name what is no exception."""

from collections.abc import Iterator

from oai_lint.facts import File, Try
from oai_lint.fixes.classes import named
from oai_lint.fixes.migration import bridged
from oai_lint.knowledge import errors
from oai_lint.patch import Change, Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity


class NonExceptionHandler(Rule[Try]):
    """`except openai.Timeout` catches nothing: from SDK 1.0 on that name is a settings class.

    Python looks at the class only once an error arrives, and then raises `TypeError: catching
    classes that do not inherit from BaseException is not allowed` in place of that error.  The
    exception is `openai.APITimeoutError`.  Clients and the module itself are no exceptions either.

    ## Fix safety
    Safe: the handler could only raise.  Unsafe where the declared SDK range still admits 0.x.

    ## References
    - https://github.com/openai/openai-python#handling-errors
    - https://www.python-httpx.org/advanced/timeouts/
    """

    code = "OAI705"
    message = "`{name}` is no exception: once an error arrives this raises `TypeError`{instead}"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Catch the exception that was meant"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "import openai\n\n"
                "try:\n"
                "    openai.models.list()\n"
                "except openai.Timeout:\n"
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
        """Report every class of a handler that is none of exceptions."""
        for handler in block.handlers:
            for caught in handler.classes:
                module, _, name = caught.name.rpartition(".")
                if caught.name == "openai":
                    meant: str | None = "OpenAIError"
                elif module == "openai" and name in errors.NOT_EXCEPTIONS:
                    meant = errors.NOT_EXCEPTIONS[name]
                else:
                    continue
                if handler.site.guarded:
                    break
                fix: list[Change] = []
                if meant is not None and caught.inline:
                    written, needed = named(file, meant, caught.node)
                    if written:
                        fix += (*needed, Replace(caught.node, (written,)))
                yield self.found(
                    caught,
                    name=caught.name,
                    instead=f"; catch `openai.{meant}`" if meant is not None else "",
                    fix=fix,
                    safety=bridged(file),
                )

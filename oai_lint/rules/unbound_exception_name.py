"""Handlers that name a module which is not there."""

from collections.abc import Iterator

from oai_lint.facts import File, Handler, SdkImport, Try
from oai_lint.patch import Change, Import, Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity


class UnboundExceptionName(Rule[Try]):
    """`except openai.X` needs the name `openai`; `from openai import OpenAI` does not bind it.

    Nothing is wrong until a request fails.  Then Python looks the class up and raises `NameError:
    name 'openai' is not defined` in place of the error that was to be handled.

    ## Fix safety
    Safe: the class is named by the import that is there, or `import openai` is added; until then
    the handler could only raise.

    ## References
    - https://docs.python.org/3/reference/compound_stmts.html#except-clause
    - https://github.com/openai/openai-python#handling-errors
    """

    code = "OAI702"
    message = "`openai` is not imported here: on an error this raises `NameError`; {what}"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Name the class by something that is imported"
    examples = (
        Example(
            bad=(
                "from openai import OpenAI\n\n"
                "try:\n"
                "    OpenAI().models.list()\n"
                "except openai.RateLimitError:\n"
                "    wait()\n"
            ),
            good=(
                "import openai\n"
                "from openai import OpenAI\n\n"
                "try:\n"
                "    OpenAI().models.list()\n"
                "except openai.RateLimitError:\n"
                "    wait()\n"
            ),
        ),
    )

    def check(self, block: Try, file: File) -> Iterator[Finding]:
        """Report the first such name of each handler."""
        if not file.all(SdkImport):
            return
        for handler in block.handlers:
            unbound = [
                caught
                for caught in handler.classes
                if caught.root == "openai" and caught.attribute and not caught.is_bound
            ]
            if unbound and not handler.site.guarded:
                fix = list(_fix(handler, file))
                added = any(isinstance(change, Import) for change in fix)
                yield self.found(
                    unbound[0],
                    fix=fix,
                    what="add `import openai`" if added else "use the imported name",
                )


def _fix(handler: Handler, file: File) -> Iterator[Change]:
    for caught in handler.classes:
        if caught.root != "openai" or not caught.attribute or caught.is_bound:
            continue
        name = file.name_of(f"openai.{caught.attribute}", caught.node)
        yield Replace(caught.node, (name,)) if name else Import("openai")

"""Exceptions of SDK 0.x."""

from collections.abc import Iterator

from oai_lint.facts import File, ModuleRead, SdkImport
from oai_lint.fixes.migration import bridged
from oai_lint.fixes.renames import is_removed, removed_names
from oai_lint.patch import Safety
from oai_lint.rule import Example, Finding, Rule, Severity


class RemovedErrorModule(Rule[SdkImport | ModuleRead]):
    """SDK 1.0 removed `openai.error`: its classes are names of `openai`, some of them new ones.

    An import of `openai.error` raises `ModuleNotFoundError` at once.  `except openai.error.X` is
    worse: it stays silent until a request fails, and then raises `AttributeError` in place of the
    error it was to handle.  The same goes for names that `openai` had in 0.x, such as
    `openai.InvalidRequestError`.

    | 0.x | 1.0 and later |
    |---|---|
    | `InvalidRequestError` | `BadRequestError` (for a missing model `NotFoundError`) |
    | `PermissionError` | `PermissionDeniedError` |
    | `Timeout` | `APITimeoutError` |
    | `ServiceUnavailableError` | `InternalServerError` |
    | `TryAgain` | `ConflictError` |

    Code that builds such an error itself must give it `response=` and `body=`, or `request=`, from
    1.0 on.

    ## Fix safety
    Safe: the handler could not run.  The classes of 0.x are siblings and those of 1.0 form a tree,
    in which `except APIError` takes everything, so the handlers are put in an order in which each
    still gets the errors it was written for.  Unsafe where `isinstance` asks for a class that has
    become wider, where the declared SDK range still admits 0.x, and where an error is built: it
    gets a request and an answer of the SDK's HTTP library (httpx, from 3.0 on httpx2), and is only
    shown where the range admits both and the file imports neither.

    ## References
    - https://github.com/openai/openai-python/discussions/742
    - https://github.com/openai/openai-python#handling-errors
    """

    code = "OAI803"
    message = "`{what}` is gone since SDK 1.0: {then}; use {new}"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Use the exceptions of SDK 1.0"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "import openai\n\n"
                "try:\n"
                "    reply = ask(openai)\n"
                "except openai.error.APIError:\n"
                '    print("the server failed")\n'
                "except openai.error.Timeout:\n"
                '    print("too slow")\n'
            ),
            good=(
                "import openai\n\n"
                "try:\n"
                "    reply = ask(openai)\n"
                "except openai.APITimeoutError:\n"
                '    print("too slow")\n'
                "except openai.APIError:\n"
                '    print("the server failed")\n'
            ),
        ),
        Example(
            bad=(
                "from openai.error import RateLimitError, Timeout\n\n"
                "BUSY = (RateLimitError, Timeout)\n"
            ),
            good=(
                "from openai import APITimeoutError, RateLimitError\n\n"
                "BUSY = (RateLimitError, APITimeoutError)\n"
            ),
        ),
    )

    def check(self, fact: SdkImport | ModuleRead, file: File) -> Iterator[Finding]:
        """Report imports of the module, then reads through it."""
        nodes = {fact.node}
        if isinstance(fact, SdkImport):
            nodes.update(name.node for name in fact.names)
        elif fact.imported or not is_removed(fact.name):
            return
        for removed in removed_names(file):
            if removed.node in nodes:
                imported = isinstance(fact, SdkImport)
                then = "importing it fails" if imported else "`AttributeError` when it is reached"
                new = removed.new if " " in removed.new else f"`{removed.new}`"
                safety = Safety.UNSAFE if removed.doubtful else Safety.SAFE
                yield self.found(
                    removed,
                    what=removed.what,
                    then=then,
                    new=new,
                    fix=removed.changes,
                    safety=Safety.SHOW if removed.bound else bridged(file, safety),
                )

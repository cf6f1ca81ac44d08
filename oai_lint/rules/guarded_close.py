"""Clients closed only if their name happens to exist."""

from collections.abc import Iterator

from oai_lint.facts import ClientInit, Close, File, HttpClient
from oai_lint.fixes.lifetime import header
from oai_lint.patch import Change, Delete, Enclose, Recast
from oai_lint.rule import Example, Finding, Rule, Severity


class GuardedClose(Rule[ClientInit | HttpClient]):
    """Asking `locals()` whether there is a client to close is what `with` is for.

    A name that is bound inside the `try` may not exist in its `finally`: when the constructor
    fails, `client.close()` raises `NameError` there and hides the real error.  The test
    `if "client" in locals()` avoids that, and breaks without a word once the name is changed.
    `with` closes what was opened, and nothing else.

    ## Fix safety
    Unsafe: the client is closed before the handlers run.

    ## References
    - https://github.com/openai/openai-python#managing-http-resources
    - https://docs.python.org/3/reference/compound_stmts.html#the-with-statement
    """

    code = "OAI506"
    message = "`{name}` {why}; make it with `with`, which closes it"
    severity = Severity.INFO
    fixes = "Use `with`"
    examples = (
        Example(
            bad=(
                "import openai\n\n"
                "try:\n"
                "    client = openai.OpenAI()\n"
                "    print(client.models.list())\n"
                "except openai.APIConnectionError as error:\n"
                "    print(error)\n"
                "finally:\n"
                '    if "client" in locals():\n'
                "        client.close()\n"
            ),
            good=(
                "import openai\n\n"
                "try:\n"
                "    with openai.OpenAI() as client:\n"
                "        print(client.models.list())\n"
                "except openai.APIConnectionError as error:\n"
                "    print(error)\n"
            ),
        ),
    )

    def check(self, made: ClientInit | HttpClient, file: File) -> Iterator[Finding]:
        """Report each close of the client that depends on whether its name is bound."""
        if isinstance(made, HttpClient) and (made.is_transport or not made.for_openai):
            return
        for close in file.lifetime(made.node).closes:
            if close.conditional is not None:
                at, why = close.conditional, "is closed only if `locals()` holds that name"
            elif close.final is not None and close.bound_within:
                at, why = close.node, "may be unbound in this `finally`"
            else:
                continue
            yield self.found(
                at,
                fix=self._fix(made, close, file),
                confidence=made.confidence,
                name=close.name,
                why=why,
            )

    def _fix(self, made: ClientInit | HttpClient, close: Close, file: File) -> tuple[Change, ...]:
        life = file.lifetime(made.node)
        if life.within is None or len(life.names) != 1 or len(life.closes) != 1 or life.escapes:
            return ()
        if close.final is None or not close.bound_within:
            return ()
        if made.is_async and not made.site.may_await:
            return ()
        first, last = life.within
        if file.block(first) is not file.block(close.starts):
            return ()
        head = header(file, life.node, close.name, is_async=made.is_async)
        if close.whole_final and not close.has_handlers and first is close.starts:
            return (Recast(close.inside, first, head, close.final),)
        if not close.whole_final:
            gone = close.test_statement if close.conditional is not None else close.site.statement
            if gone is None:
                return ()
        else:
            gone = close.final if close.has_handlers else close.site.statement
        return (Enclose(first, last, head, replace_first=True), Delete(gone))

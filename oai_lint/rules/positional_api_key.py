"""Keys passed by position."""

from collections.abc import Iterator

from oai_lint.facts import ClientInit, File
from oai_lint.patch import Change, Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity


class PositionalApiKey(Rule[ClientInit]):
    """The client's constructor takes keywords only.

    `OpenAI(key)` raises `TypeError: OpenAI.__init__() takes 1 positional argument but 2 were
    given` in every SDK from 1.0 on.

    ## Fix safety
    Safe: the code could not run; the argument becomes `api_key=`.

    ## References
    - https://github.com/openai/openai-python#usage
    """

    code = "OAI111"
    message = "`{cls}()` takes keywords only: this raises `TypeError`; pass `api_key=`"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Pass the key as `api_key=`"
    reaches = (1,)
    examples = (
        Example(
            bad="from openai import OpenAI\n\nclient = OpenAI(load_key())\n",
            good="from openai import OpenAI\n\nclient = OpenAI(api_key=load_key())\n",
        ),
    )

    def check(self, init: ClientInit, file: File) -> Iterator[Finding]:
        """Report the first positional argument."""
        if not init.call.positional or init.partial:
            return
        key = init.call.positional[0]
        fix: tuple[Change, ...] = ()
        if len(init.call.positional) == 1 and init.call["api_key"] is None:
            fix = (Replace(key.node, ("api_key=", key.expr.node)),)
        yield self.found(key, fix=fix, cls=init.cls, confidence=init.confidence)

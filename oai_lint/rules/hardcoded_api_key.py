"""Real keys in the code."""

from collections.abc import Iterator

from oai_lint.facts import File, KeyLiteral, Role, StrayKey
from oai_lint.fixes.keys import without_literal
from oai_lint.judgement.pointers import given
from oai_lint.knowledge.keys import real_key
from oai_lint.patch import Safety
from oai_lint.rule import Example, Finding, Rule, Severity


class HardcodedApiKey(Rule[KeyLiteral | StrayKey]):
    """A key in the code belongs to everyone who can read the code.

    A key that was committed once stays in the history, in every clone and in every package built
    from it; the vendor disables keys that turn up in public.  Revoke it, and let the SDK read the
    new one from the environment.

    What counts is the shape: `sk-`, `sk-proj-`, `sk-svcacct-`, `sk-service-` or `sk-admin-` with 40
    or more random characters (20 where a key for OpenAI's own host is due), or the mark that keys
    of OpenAI carry in the middle; 32 random characters as the key of an Azure client.

    Notebooks leak keys where no code holds them: in the outputs that are saved with the cells, in
    `%env` and `!` lines, in text.  Those are reported too, and keys in YAML, TOML, JSON and INI
    files of up to 1 MB.

    ## Fix safety
    Unsafe: the variable must be set where the code runs.  The key becomes
    `os.environ["OPENAI_API_KEY"]`; an argument of a client or an assignment to `os.environ` goes
    altogether, as the SDK reads the variable itself.  The key still has to be revoked.

    ## References
    - https://help.openai.com/en/articles/5112595-best-practices-for-api-key-safety
    - https://github.com/openai/openai-python#usage
    """

    code = "OAI101"
    message = "A real key is written {where}: revoke it, and read the new one from `{variable}`"
    severity = Severity.ERROR
    safety = Safety.UNSAFE
    fixes = "Read the key from the environment"
    examples = (
        Example(
            bad='from openai import OpenAI\n\nclient = OpenAI(api_key="<key>", timeout=30)\n',
            good="from openai import OpenAI\n\nclient = OpenAI(timeout=30)\n",
        ),
        Example(
            bad='import openai\n\nopenai.api_key = "<key>"\n',
            good='import os\n\nimport openai\n\nopenai.api_key = os.environ["OPENAI_API_KEY"]\n',
        ),
    )

    def check(self, literal: KeyLiteral | StrayKey, file: File) -> Iterator[Finding]:
        """Report a literal that holds a real key, and a key outside the code."""
        if isinstance(literal, StrayKey):
            message = f"A real key is {literal.where}: revoke it, and {literal.remedy}"
            yield self.found(literal, message=message)
            return
        found = real_key(literal.text, {use.host for use in literal.uses}, literal.label)
        if found is None:
            return
        where = "in the place of a variable's name" if literal.role is Role.NAME else "in the code"
        variable = next((use.variable for use in literal.uses), "OPENAI_API_KEY")
        fix = without_literal(file, literal, found)
        related = given(literal, file)
        yield self.found(literal, fix=fix, where=where, variable=variable, related=related)

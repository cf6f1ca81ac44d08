"""Placeholders that are sent as keys."""

from collections.abc import Iterator

from oai_lint.facts import File, KeyLiteral, KeyUse, Literal, Role
from oai_lint.fixes.keys import variable_for, without_literal
from oai_lint.knowledge.keys import Kind, kind_of, real_key
from oai_lint.patch import Safety
from oai_lint.rule import Example, Finding, Rule, Severity


class PlaceholderApiKey(Rule[KeyLiteral]):
    """A placeholder is sent as the key.

    Nothing checks a key before it is sent: `YOUR_API_KEY` fails as a 401 on the first request, and
    the place that asks to be filled in invites a real key into the code.  With the key left to the
    environment, the SDK says at once what is missing, and the code can be shared as it is.

    ## Fix safety
    Unsafe: the variable must be set where the code runs.

    ## References
    - https://github.com/openai/openai-python#usage
    """

    code = "OAI102"
    message = "`{text}` is a placeholder and gets a 401: read the key from `{variable}`"
    severity = Severity.WARNING
    safety = Safety.UNSAFE
    fixes = "Read the key from the environment"
    quiet_in_tests = True
    quiet_in_examples = True
    examples = (
        Example(
            bad='from openai import OpenAI\n\nclient = OpenAI(api_key="YOUR_API_KEY")\n',
            good="from openai import OpenAI\n\nclient = OpenAI()\n",
        ),
        Example(
            bad=(
                "import requests\n\n"
                'URL = "https://api.openai.com/v1/models"\n'
                "answer = requests.get(\n"
                '    URL, headers={"Authorization": "Bearer MYAPIKEY"}, timeout=30\n'
                ")\n"
            ),
            good=(
                "import os\n\nimport requests\n\n"
                'URL = "https://api.openai.com/v1/models"\n'
                "answer = requests.get(\n"
                '    URL, headers={"Authorization": f"Bearer {os.environ[\'OPENAI_API_KEY\']}"}, '
                "timeout=30\n"
                ")\n"
            ),
        ),
    )

    def check(self, literal: KeyLiteral, file: File) -> Iterator[Finding]:
        """Report a placeholder that goes to OpenAI."""
        if literal.read is not None or literal.role in (Role.COMPARED, Role.NAME, Role.OTHER):
            return
        if kind_of(literal.text) is not Kind.PLACEHOLDER:
            return
        hosts = {use.host for use in literal.uses}
        if not hosts or not all(host.is_ours for host in hosts) or real_key(literal.text, hosts):
            return
        uses = [
            use
            for use in literal.uses
            if all(isinstance(value, Literal) for value in use.expr.values)
            and not _is_one_branch(use, file)
        ]
        if not uses or _is_asked_for(literal.text, file):
            return
        confidence = min(use.expr.confidence for use in uses)
        yield self.found(
            literal,
            fix=without_literal(file, literal),
            confidence=min(confidence, uses[0].confidence),
            text=literal.text.strip()[:40],
            variable=variable_for(literal),
        )


def _is_asked_for(text: str, file: File) -> bool:
    """Say whether the file compares something with the placeholder, to ask for a real key."""
    return any(other.role is Role.COMPARED and other.text in text for other in file.all(KeyLiteral))


def _is_one_branch(use: KeyUse, file: File) -> bool:
    """Say whether the placeholder is set on one branch and something else on another."""
    return bool(use.site.conditions) and any(
        other.position is use.position
        and other.variable == use.variable
        and other.site.function is use.site.function
        and not all(isinstance(value, Literal) for value in other.expr.values)
        for other in file.all(KeyUse)
    )

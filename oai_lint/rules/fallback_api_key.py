"""Literals that stand in for a missing key."""

from collections.abc import Iterator

from oai_lint.facts import EnvironmentRead, File, Form
from oai_lint.fixes.keys import without_default
from oai_lint.knowledge.keys import real_key
from oai_lint.knowledge.variables import KEY_VARIABLES
from oai_lint.patch import Safety
from oai_lint.rule import Example, Finding, Rule, Severity


class FallbackApiKey(Rule[EnvironmentRead]):
    """A literal default hides that the key is missing.

    With `os.getenv("OPENAI_API_KEY", "your-key")` a machine without the variable builds its client,
    starts its server, and fails with a 401 on the first request, which names the wrong cause: the
    key is not wrong but absent.

    ## Fix safety
    Unsafe: without the variable the code now stops where it reads it.  A field of a settings class
    becomes a required one, an option loses its default.

    ## References
    - https://docs.python.org/3/library/os.html#os.environ
    - https://github.com/openai/openai-python#usage
    """

    code = "OAI103"
    message = "Without `{variable}` a literal is sent and answered by 401: let it fail here instead"
    severity = Severity.WARNING
    safety = Safety.UNSAFE
    fixes = "Require the variable"
    quiet_in_tests = True
    examples = (
        Example(
            bad=(
                "import os\n\nfrom openai import OpenAI\n\n"
                'client = OpenAI(api_key=os.getenv("OPENAI_API_KEY", "your-key"))\n'
            ),
            good=(
                "import os\n\nfrom openai import OpenAI\n\n"
                'client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n'
            ),
        ),
    )

    def check(self, read: EnvironmentRead, file: File) -> Iterator[Finding]:
        """Report a default that is text."""
        if read.variable not in KEY_VARIABLES or read.default is None:
            return
        texts = [literal.value for literal in read.default.literals]
        if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
            return
        if len(texts) < len(read.default.values) or not read.host.is_ours:
            return
        hosts = {use.host for use in read.uses}
        if any(real_key(text, hosts) for text in texts if isinstance(text, str)):
            return
        at = read.default if read.form in (Form.FIELD, Form.OPTION) else read
        yield self.found(at, fix=without_default(file, read), variable=read.variable)

"""Real keys in comments."""

from collections.abc import Iterator

from oai_lint.facts import File, KeyComment
from oai_lint.knowledge.keys import INFIX
from oai_lint.rule import Example, Finding, Rule, Severity


class CommentedApiKey(Rule[KeyComment]):
    """A key in a comment leaks as well as one in the code.

    It is published with the file, stays in the history, and is found by the same scanners.  In a
    docstring only a key that carries OpenAI's mark counts.  There is no fix: revoke the key, then
    delete the comment.

    ## References
    - https://help.openai.com/en/articles/5112595-best-practices-for-api-key-safety
    """

    code = "OAI109"
    message = "A real key is written in a {place}: revoke it, then take it out"
    severity = Severity.ERROR
    examples = (Example(bad='import openai\n\n# openai.api_key = "<key>"\n'),)

    def check(self, comment: KeyComment, file: File) -> Iterator[Finding]:
        """Report every key in a comment, and marked ones in docstrings."""
        if comment.docstring and INFIX not in comment.key:
            return
        yield self.found(comment, place="docstring" if comment.docstring else "comment")

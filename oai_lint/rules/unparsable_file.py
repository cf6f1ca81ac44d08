"""Files that cannot be read."""

from oai_lint.rule import Example, Rule, Severity


class UnparsableFile(Rule[None]):
    """A file that mentions the OpenAI API and is not Python as this interpreter reads it.

    Nothing in such a file is judged, so that a clean report would be no news about it.  The
    finding stands where reading stopped and says why: a syntax error, bytes that are not text in
    the file's encoding, a null byte, brackets nested deeper than the parser goes.

    Files that show no trace of the OpenAI API are not read at all and cannot be reported.
    Selecting other rules does not turn this one off; ignoring its code or name does.

    ## References
    - https://docs.python.org/3/reference/lexical_analysis.html#encoding-declarations
    """

    code = "OAI900"
    message = "Cannot read this file: {reason}"
    severity = Severity.ERROR
    examples = (Example(bad="client = openai.OpenAI(timeout=30"),)

"""Rules that failed."""

from oai_lint.rule import Rule, Severity


class InternalError(Rule[None]):
    """A rule of oai-lint failed on this file.

    The other rules ran and their findings are reported, but one of them is missing here, so the
    run ends with exit code 2.  The finding names the rule and the error.  It is always a fault of
    oai-lint; please report it with the line it points to.

    Selecting other rules does not turn this one off; ignoring its code or name does.

    ## References
    - https://github.com/oai-lint/oai-lint/issues
    """

    code = "OAI902"
    message = "`{rule}` failed on this file: {reason}"
    severity = Severity.ERROR
    examples = ()

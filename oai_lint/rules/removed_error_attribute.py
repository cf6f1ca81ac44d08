"""Attributes that errors had in 0.x."""

from collections.abc import Iterator

from oai_lint.facts import Caught, ErrorRead, File
from oai_lint.fixes.ladders import legacy_error, sdk_error
from oai_lint.fixes.migration import bridged
from oai_lint.fixes.renames import removed_names
from oai_lint.knowledge import errors
from oai_lint.patch import Change, Rename, Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity

_OF_THE_ERROR = frozenset({"message", "code", "param", "type"})


class RemovedErrorAttribute(Rule[ErrorRead]):
    """Errors of SDK 1.0 and later lack `http_status`, `json_body` and others of 0.x.

    Reading one raises `AttributeError` inside the handler, so the error that was to be handled is
    replaced by another.  A status error has `status_code` and `response`; every `APIError` has
    `message`, `code`, `param`, `type` and `body`.  A connection error has no status at all.

    ## Fix safety
    Safe where every class that the handler names has the new attribute; else the fix is only
    shown, because some of the errors have neither.

    ## References
    - https://github.com/openai/openai-python#handling-errors
    - https://github.com/openai/openai-python/blob/main/src/openai/_exceptions.py
    """

    code = "OAI706"
    message = "errors of SDK 1.0 have no `{name}`: this raises `AttributeError`; {instead}"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Read the attribute of today"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "import openai\n\n"
                "try:\n"
                "    openai.models.list()\n"
                "except openai.APIStatusError as error:\n"
                "    print(error.http_status, error.headers)\n"
            ),
            good=(
                "import openai\n\n"
                "try:\n"
                "    openai.models.list()\n"
                "except openai.APIStatusError as error:\n"
                "    print(error.status_code, error.response.headers)\n"
            ),
        ),
    )

    def check(self, read: ErrorRead, file: File) -> Iterator[Finding]:
        """Report reads where every class of the handler is the SDK's and lacks the attribute."""
        removed = errors.REMOVED_ATTRIBUTES.get(read.attribute)
        if removed is None or read.asked or read.site.guarded or not read.handler.classes:
            return
        classes = [_class(caught, file) for caught in read.handler.classes]
        if any(cls is None or errors.has_attribute(cls, read.attribute) for cls in classes):
            return
        fix: tuple[Change, ...] = ()
        safety = Safety.SHOW
        new = removed.new
        if new is not None:
            fix = (Rename(read.node, new),)
            if all(_is_a(str(cls), removed.on) for cls in classes):
                safety = bridged(file)
            elif new.isidentifier():  # 0.x had None where there was no answer
                fix = (Replace(read.node, ("getattr(", read.owner, f', "{new}", None)')),)
        elif read.attribute == "error" and read.rest in _OF_THE_ERROR:
            new = read.rest
            fix = (Replace(read.whole, (read.owner, f".{new}")),)
        elif read.attribute == "error" and all(
            errors.has_attribute(str(cls), "body") for cls in classes
        ):
            fix = (Rename(read.node, "body"),)  # that object, unwrapped
        yield self.found(
            read,
            name=read.attribute,
            instead=f"read `.{new}`" if new is not None else "read `.body`",
            fix=fix,
            safety=safety,
        )


def _class(caught: Caught, file: File) -> str | None:
    """Return the class of today; for one of 0.x only where it is reported as gone."""
    old = legacy_error(caught.name)
    if old is None:
        return sdk_error(caught.name)
    gone = any(caught.node is read for removed in removed_names(file) for read in removed.reads)
    return errors.RENAMES[old].new if gone else None


def _is_a(cls: str, parent: str) -> bool:
    return cls == parent or parent in errors.ancestors(cls)

"""Keys in ``.env`` files that no loader can make good."""

import re
from collections.abc import Iterator

from oai_lint.facts.file import TextFile
from oai_lint.facts.plain import EnvAssignment
from oai_lint.knowledge.keys import (
    ENOUGH_IN_PLACE,
    Kind,
    cleaned,
    fault_of,
    is_azure_key,
    kind_of,
    real_key,
    real_keys,
)
from oai_lint.knowledge.variables import READ
from oai_lint.patch import Safety
from oai_lint.rule import Confidence, Example, Finding, Related, Rule, Severity

KEYS = frozenset(
    variable.name
    for variable in READ.values()
    if variable.keyword in ("api_key", "admin_api_key") and variable.reader in ("client", "azure")
)
_KEY = re.compile(r"[A-Za-z0-9_-]+")


class MalformedEnvFile(Rule[EnvAssignment]):
    """The key in an `.env` file is damaged, given twice, or committed for everybody to read.

    Loaders (python-dotenv is the reference here) strip blanks round `=` and round a value without
    quotes, and keep everything else: a blank inside quotes, a smart quote, a zero-width space from
    a web page, `Bearer `.  The SDK sends what it gets, so requests fail as
    `APIConnectionError: Connection error.`, `UnicodeEncodeError` or 401.  A line that python-dotenv
    cannot read (no closing quote, text behind one) it leaves out, and the key is missing.  Of two
    values the last one wins; other loaders take the first.

    A real key in a file that git tracks is published with the repository and stays in its history:
    revoke it, `git rm --cached` the file and ignore it.  Git is asked only if there is such a key.
    Templates (`.env.example`, `.env.sample`, …) are left alone.

    ## Fix safety
    Safe where the damage is round the key: no key could work as it was.  Unsafe where a blank is
    in the middle of it, for what stands behind may be a remark.

    ## References
    - https://github.com/theskumar/python-dotenv#file-format
    - https://help.openai.com/en/articles/5112595-best-practices-for-api-key-safety
    """

    code = "OAI108"
    message = "`{variable}` {fault}: {effect}"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Write the bare key"
    examples = (
        Example(
            bad='OPENAI_API_KEY="Bearer <key> "\n',
            good='OPENAI_API_KEY="<key>"\n',
            path=".env",
        ),
    )

    def check(self, assignment: EnvAssignment, file: TextFile) -> Iterator[Finding]:
        """Report the worst that is wrong with one assignment."""
        if assignment.around.is_template:
            return
        name, value = assignment.name, assignment.value
        written = value if value is not None else file.text[slice(*_ends(assignment))]
        if real_key(written, label=name) and assignment.around.tracked:
            yield self._found(
                assignment, "is set to a real key in a file that git tracks",
                "revoke the key and take the file out of git",
            )  # fmt: skip
        elif name.upper() not in KEYS:
            return
        elif value is None:
            if real_keys(cleaned(written), ENOUGH_IN_PLACE) or "sk-" in written:
                yield self._found(
                    assignment, "stands on a line that python-dotenv leaves out",
                    "write it as NAME=value", Confidence.MEDIUM,
                )  # fmt: skip
        elif "${" not in value:
            yield from self._value(assignment, value)
            yield from self._twice(assignment, value, file)

    def _value(self, assignment: EnvAssignment, value: str) -> Iterator[Finding]:
        fault, clean = fault_of(value), cleaned(value)
        if not fault or kind_of(clean) is Kind.PLACEHOLDER or not _is_key(clean):
            return
        first, *rest = cleaned_words(value)
        if rest and not (real_keys(clean, ENOUGH_IN_PLACE) or real_keys(first, ENOUGH_IN_PLACE)):
            return  # a sentence about the key
        usable = _KEY.fullmatch(clean) and not any(c in "\r\n" for c in value)
        yield self.found(
            assignment,
            fix=assignment.rewrite(clean) if usable else (),
            safety=Safety.UNSAFE if rest else Safety.SAFE,
            variable=assignment.name,
            fault=f"holds {fault}",
            effect=_effect(fault),
        )

    def _twice(self, assignment: EnvAssignment, value: str, file: TextFile) -> Iterator[Finding]:
        if not _counts(value):
            return
        for other in file.all(EnvAssignment):
            if other is assignment:
                return
            if (
                other.name == assignment.name
                and other.value is not None
                and _counts(other.value)
                and cleaned(other.value) != cleaned(value)
            ):
                yield self.found(
                    assignment,
                    variable=assignment.name,
                    fault="has another value above",
                    effect="python-dotenv takes the last one, other loaders the first; keep one",
                    related=[Related(other.node, "the other value")],
                )
                return

    def _found(
        self,
        assignment: EnvAssignment,
        fault: str,
        effect: str,
        confidence: Confidence = Confidence.HIGH,
    ) -> Finding:
        return self.found(
            assignment,
            confidence=confidence,
            variable=assignment.name,
            fault=fault,
            effect=effect,
        )


def cleaned_words(value: str) -> list[str]:
    """Return the words of a value that remain without quotes, scheme and what cannot be seen."""
    words = [cleaned(word) for word in re.sub(r"(?i)^\W*bearer\s+", "", value).split()]
    return [word for word in words if word]


def _ends(assignment: EnvAssignment) -> tuple[int, int]:
    return assignment.inner.start, assignment.inner.end


def _is_key(text: str) -> bool:
    return text.startswith("sk-") or bool(real_keys(text)) or is_azure_key(text)


def _counts(value: str) -> bool:
    return "${" not in value and kind_of(value) in (Kind.REAL, Kind.DUMMY)


def _effect(fault: str) -> str:
    if fault.startswith(("a line", "a tab", "a control")):
        return "every request fails with `APIConnectionError`; write the bare key"
    if fault.startswith("characters"):
        return "every request fails with `UnicodeEncodeError`; write the bare key"
    if fault.startswith("a space"):
        return "requests fail as `APIConnectionError` or 401; write the bare key"
    return "it is sent like that and answered by 401; write the bare key"

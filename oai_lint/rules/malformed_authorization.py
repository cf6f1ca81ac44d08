"""Authorization headers that the API cannot read."""

import re
from collections.abc import Iterator

from oai_lint.facts import (
    Entry,
    Environment,
    Expr,
    File,
    Host,
    HttpClient,
    HttpSetting,
    Imported,
    Literal,
    Mapping,
    RawCall,
    Text,
    Value,
)
from oai_lint.fixes.spelling import joined, opened_with, rewritten
from oai_lint.patch import Change, Replace, Safety
from oai_lint.rule import Confidence, Example, Finding, Rule, Severity

_HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
_BEARER = re.compile(r"bearer", re.I)
_SCHEME = re.compile(r"[A-Za-z][\w-]*(?= )")
_KEY_VARIABLES = frozenset({"OPENAI_API_KEY", "OPENAI_KEY", "OPENAI_ADMIN_KEY", "OPENAI_TOKEN"})


class MalformedAuthorization(Rule[RawCall | HttpClient | HttpSetting]):
    """The API reads `Authorization: Bearer <key>` and answers anything else with 401.

    Without `Bearer ` before the key, with a colon or nothing between, with another scheme or with
    the word twice, every request fails: `You didn't provide an API key` or `Incorrect API key
    provided: Bearer…`.  `api-key:` is Azure's header and means nothing to `api.openai.com`.  A
    blank in a header's name (`Content Type`) is refused by the server or by the HTTP library.

    ## Fix safety
    Safe where the whole text is seen; unsafe round a variable, which may already hold the prefix.

    ## References
    - https://platform.openai.com/docs/api-reference/authentication
    - https://www.rfc-editor.org/rfc/rfc6750#section-2.1
    """

    code = "OAI602"
    message = "{what}, so OpenAI answers 401; write `{right}`"
    severity = Severity.ERROR
    fixes = "Write the header that the API reads"
    examples = (
        Example(
            bad=(
                "import requests\n\n"
                "answer = requests.get(\n"
                '    "https://api.openai.com/v1/models",\n'
                '    headers={"Authorization": "Token " + load_key()},\n'
                "    timeout=60,\n"
                ")\n"
            ),
            good=(
                "import requests\n\n"
                "answer = requests.get(\n"
                '    "https://api.openai.com/v1/models",\n'
                '    headers={"Authorization": "Bearer " + load_key()},\n'
                "    timeout=60,\n"
                ")\n"
            ),
        ),
    )

    def check(self, fact: RawCall | HttpClient | HttpSetting, file: File) -> Iterator[Finding]:
        """Report headers of requests to OpenAI that cannot be understood."""
        if isinstance(fact, HttpSetting):
            if fact.name != "headers" or not _goes_to_openai(fact, file):
                return
            if fact.key is not None:
                if fact.key.lower() == "authorization":
                    yield from self._authorization(fact.value, file, Confidence.HIGH)
                return
            yield from self._headers(fact.value, file, Confidence.HIGH)
        elif isinstance(fact, HttpClient):
            # On SDK traffic the SDK's own header replaces this one.
            headers = fact.call["headers"]
            if Host.OPENAI in fact.serves and not fact.injected and headers is not None:
                yield from self._headers(headers.expr, file, fact.confidence)
        elif fact.host is Host.OPENAI:
            headers = fact.call.get("headers", 2 if fact.library == "urllib" else None)
            if headers is not None:
                yield from self._headers(headers.expr, file, fact.confidence)

    def _headers(self, expr: Expr, file: File, confidence: Confidence) -> Iterator[Finding]:
        for value in expr.values:
            if not isinstance(value, Mapping):
                continue
            names = {entry.key.lower() for entry in value.entries if isinstance(entry.key, str)}
            for entry in value.entries:
                name = entry.key.lower() if isinstance(entry.key, str) else ""
                if name == "authorization":
                    yield from self._authorization(entry.value, file, confidence)
                elif name == "api-key" and "authorization" not in names and not value.open:
                    yield self._foreign(entry, file, confidence)
                elif name == "content type":
                    code = file.code(entry.key_node)
                    yield self.found(
                        entry.key_node,
                        fix=Replace(entry.key_node, (re.sub(r"(?<=\w) (?=\w)", "-", code),)),
                        safety=Safety.SAFE,
                        confidence=confidence,
                        message=f"`{entry.key}` is no header name, so the request is refused; "
                        "write `Content-Type`",
                    )

    def _foreign(self, entry: Entry, file: File, confidence: Confidence) -> Finding:
        key = file.code(entry.key_node)
        fixes: tuple[Change, ...] = ()
        if key[-1:] in ("'", '"'):
            quote = key[-1]
            fixes = (
                Replace(entry.key_node, (f"{quote}Authorization{quote}",)),
                _prefixed(file, entry.value),
            )
        literal = isinstance(entry.value.literal, str)
        return self.found(
            entry.key_node,
            fix=fixes,
            safety=Safety.SAFE if literal else Safety.UNSAFE,
            confidence=confidence,
            what="`api-key` is Azure's header",
            right="Authorization: Bearer <key>",
        )

    def _authorization(self, expr: Expr, file: File, confidence: Confidence) -> Iterator[Finding]:
        for value in expr.values:
            confidence = min(confidence, value.confidence)
            if isinstance(value, (Literal, Text)):
                yield from self._text(value, expr, file, confidence)
            elif _is_key(value) or _is_module_key(expr, file):
                yield self.found(
                    expr,
                    fix=_prefixed(file, expr),
                    confidence=confidence,
                    what="The key stands without `Bearer `",
                    right="Bearer <key>",
                )
                return

    def _text(
        self, value: Literal | Text, expr: Expr, file: File, confidence: Confidence
    ) -> Iterator[Finding]:
        text = value.known if isinstance(value, Text) else value.value
        if not isinstance(text, str) or not text.strip():
            return
        text = text.lstrip()
        safe = isinstance(value, Literal)
        change: Change | None = None
        match = _BEARER.match(text)
        if match:
            rest = text[match.end() :]
            word = text[: match.end()]
            if not rest.strip():
                return
            if re.match(r"\s*:", rest):
                what = "A colon stands behind `Bearer`"
                for old in (f"{word}: ", f"{word}:", f"{word} : "):
                    change = change or rewritten(file, value, old, f"{word} ")
            elif not rest[0].isspace():
                if rest[0] == _HOLE and not _starts_plainly(value, len(word)):
                    return
                what = "No blank stands between `Bearer` and the key"
                change = rewritten(file, value, word, f"{word} ")
            elif second := re.match(r"\s+bearer\b", rest, re.I):
                what = "`Bearer` stands twice"
                change = rewritten(file, value, word + second[0], word)
            else:
                return
        elif text.startswith(_HOLE):
            if not isinstance(value, Text) or not _leads_with_key(value):
                return
            what = "The key stands without `Bearer `"
            change = opened_with(file, value, "Bearer ")
        elif (scheme := _SCHEME.match(text)) and not text.startswith("sk-"):
            if len(text.split()) != 2 and _HOLE not in text:
                return  # a sentence, such as "put your key here"
            what = f"`{scheme[0]}` is not the scheme that the API reads"
            change = rewritten(file, value, f"{scheme[0]} ", "Bearer ")
        else:
            what = "The key stands without `Bearer `"
            change = (
                opened_with(file, value, "Bearer ")
                if value.node is expr.node
                else _prefixed(file, expr)
            )
        yield self.found(
            expr,
            fix=() if change is None else change,
            confidence=confidence,
            what=what,
            right="Bearer <key>",
            safety=Safety.SAFE if safe else Safety.UNSAFE,
        )


def _goes_to_openai(setting: HttpSetting, file: File) -> bool:
    return any(
        made.node is setting.made and Host.OPENAI in made.serves and not made.injected
        for made in file.all(HttpClient)
    ) or any(raw.node is setting.made and raw.host is Host.OPENAI for raw in file.all(RawCall))


def _is_key(value: Value) -> bool:
    if isinstance(value, Environment):
        return value.variable in _KEY_VARIABLES
    return isinstance(value, Imported) and value.name == "openai.api_key"


def _is_module_key(expr: Expr, file: File) -> bool:
    """Say whether the SDK's own attribute is read, whatever it was set to."""
    return file.code(expr.node) == (file.name_of("openai.api_key", expr.node) or None)


def _leads_with_key(value: Text) -> bool:
    first = next((part for part in value.parts if part != ""), "")
    return isinstance(first, Expr) and _is_key(first.value)


def _starts_plainly(value: Literal | Text, length: int) -> bool:
    """Say whether what follows the scheme directly is a key, not a blank and a key."""
    if not isinstance(value, Text) or len(value.parts) < 2:
        return True
    part = value.parts[1]
    return isinstance(part, Expr) and len(value.prefix.strip()) == length


def _prefixed(file: File, expr: Expr) -> Replace:
    return Replace(expr.node, joined(file, "Bearer ", expr.node))

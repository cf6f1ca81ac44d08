"""Proxies for ``http`` only, while the API is ``https``."""

from collections.abc import Iterator, Sequence

from oai_lint.facts import (
    ApiCall,
    ClientInit,
    Environment,
    Expr,
    File,
    Literal,
    Place,
    ProxyUse,
    RawCall,
    Result,
    Text,
)
from oai_lint.fixes.http_client import HTTP_KEYS, literal_text, normalised
from oai_lint.patch import After, Change, Insert, Piece
from oai_lint.rule import Example, Finding, Rule, Severity

_HTTP_VARIABLES = ("HTTP_PROXY", "http_proxy")


class PartialProxyMapping(Rule[ProxyUse]):
    """A proxy for `http` is not used for OpenAI, whose API is `https`.

    `{"http": ...}` alone, or `HTTP_PROXY` without `HTTPS_PROXY`, sends nothing through the proxy:
    the requests go out directly, from the address that the proxy was to hide, or run into the
    firewall.

    ## Fix safety
    Unsafe: adds the same proxy for `https`; what went out directly then goes through it.  An
    address that asks for TLS to a proxy on this machine gets the scheme that the proxy speaks.

    ## References
    - https://www.python-httpx.org/environment_variables/
    - https://requests.readthedocs.io/en/latest/user/advanced/#proxies
    """

    code = "OAI206"
    message = "{what} covers `http` only, and traffic to OpenAI is `https`: set {other} too"
    severity = Severity.WARNING
    fixes = "Use the proxy for `https` too"
    examples = (
        Example(
            bad=(
                "import os\n\n"
                "from openai import OpenAI\n\n"
                'os.environ["http_proxy"] = "http://10.0.0.1:3128"\n'
                "client = OpenAI()\n"
            ),
            good=(
                "import os\n\n"
                "from openai import OpenAI\n\n"
                'os.environ["http_proxy"] = "http://10.0.0.1:3128"\n'
                'os.environ["https_proxy"] = "http://10.0.0.1:3128"\n'
                "client = OpenAI()\n"
            ),
        ),
    )

    def check(self, use: ProxyUse, file: File) -> Iterator[Finding]:
        """Report a mapping or the file's variables when only `http` has a proxy."""
        if use.place is Place.VARIABLE:
            yield from self._variables(use, file)
        elif use.place is Place.ITEM:
            yield from self._items(use, file)
        elif self._reads_mapping(use, file):
            yield from self._mapping(use, file)

    def _reads_mapping(self, use: ProxyUse, file: File) -> bool:
        if use.place is Place.MODULE:
            return use.key == "proxy" and not file.target.reaches(1)
        if use.place is Place.PROXIES and use.library != "requests":
            return use.library == "httpx" and not file.target.httpx.reaches((0, 28))
        return use.works

    def _mapping(self, use: ProxyUse, file: File) -> Iterator[Finding]:
        if len(use.expr.values) != 1 or len(use.mappings) != 1:
            return
        (mapping,) = use.mappings
        keys = {entry.key for entry in mapping.entries}
        entry = next((e for e in mapping.entries if e.key in HTTP_KEYS), None)
        if mapping.open or entry is None or not keys <= set(HTTP_KEYS):
            return
        if not _is_proxy(entry.value.value, mount=use.place is Place.MOUNTS):
            return
        if any(e.node is not None and not e.certain for e in mapping.entries):
            return
        key = str(entry.key).replace("http", "https")
        fix: Sequence[Change] = ()
        if file.code(mapping.node).lstrip().startswith("{"):
            fix = (Insert(mapping.node, (f'"{key}": ', _address(entry.value, file))),)
        anchor = entry.key_node if entry.key_node is not None else entry.node
        yield self.found(
            anchor, fix=fix, confidence=use.confidence, what="The mapping", other=f"`{key}`"
        )

    def _items(self, use: ProxyUse, file: File) -> Iterator[Finding]:
        """Judge the entries of a session's proxies that are set one by one."""
        if use.key not in HTTP_KEYS or not use.works or not _is_proxy(use.expr.value):
            return
        for other in file.all(ProxyUse):
            if other is not use and other.made is use.made:
                return
        key = use.key.replace("http", "https")
        code = file.code(use.node)
        fix = (
            After(use.removable, ((code.replace(use.key, key), " = ", _address(use.expr, file)),)),
        )
        yield self.found(
            use, fix=fix, confidence=use.confidence, what="The session", other=f"`{key}`"
        )

    def _variables(self, use: ProxyUse, file: File) -> Iterator[Finding]:
        if use.key not in _HTTP_VARIABLES or not use.complete or not _is_proxy(use.expr.value):
            return
        others = [o for o in file.all(ProxyUse) if o.place is Place.VARIABLE]
        if any(other.key not in _HTTP_VARIABLES for other in others) or not _talks_tls(file):
            return
        if others[-1] is not use:
            return
        key = use.key.replace("http", "https").replace("HTTP", "HTTPS")
        code = file.code(use.node)
        fix: Sequence[Change] = ()
        if use.removable is not None and code.count(use.key) == 1:
            line: tuple[Piece, ...] = (code.replace(use.key, key),)
            if code.endswith("]"):
                line = (*line, " = ", _address(use.expr, file))
            fix = (After(use.removable, (line,)),) if code[-1] in ")]" else ()
        yield self.found(use, fix=fix, what=f"`{use.key}`", other=f"`{key}`")


def _address(expr: Expr, file: File) -> Piece:
    """Return the proxy as it is to be written for ``https``, its scheme put right."""
    literal = expr.literal
    if isinstance(literal, str) and normalised(literal) != literal:
        return literal_text(file, expr)
    return expr.node


def _is_proxy(value: object, *, mount: bool = False) -> bool:
    """Say whether a value names a proxy for certain."""
    if mount:
        return isinstance(value, Result) and value.call is not None and bool(value.call["proxy"])
    if isinstance(value, Literal):
        return isinstance(value.value, str) and bool(value.value.strip())
    return isinstance(value, (Text, Environment))


def _talks_tls(file: File) -> bool:
    """Say whether the file makes calls to OpenAI, which takes them by ``https`` only."""
    return (
        any(init.host.is_ours for init in file.all(ClientInit))
        or any(call.on_module and call.host.is_ours for call in file.all(ApiCall))
        or any(raw.host.is_ours for raw in file.all(RawCall))
    )

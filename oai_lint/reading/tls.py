"""Facts about TLS, read off assignments, calls and environment variables."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.clients import ApiCall, ClientInit
from oai_lint.facts.http import RawCall
from oai_lint.facts.keys import EnvironmentWrite
from oai_lint.facts.tls import Bypass, ContextSetting, TlsBypass
from oai_lint.facts.values import Result

if TYPE_CHECKING:
    from oai_lint.reading import Reading

_ATTRIBUTES = frozenset({"verify_mode", "check_hostname"})
_PATCHED = {
    "ssl._create_default_https_context": Bypass.DEFAULT_HTTPS_CONTEXT,
    "ssl.create_default_context": Bypass.CREATE_DEFAULT_CONTEXT,
}
_WARNINGS = frozenset({
    "urllib3.disable_warnings()", "requests.packages.urllib3.disable_warnings()",
    "requests.urllib3.disable_warnings()",
})  # fmt: skip
# What a file may import and still make no request of its own but those that are seen.
_QUIET = frozenset({
    "PIL", "aiohttp", "backoff", "certifi", "click", "colorama", "dotenv", "fastapi", "flask",
    "httpx", "httpx2", "jinja2", "json5", "loguru", "markdown", "numpy", "openai", "orjson",
    "packaging", "prompt_toolkit", "pydantic", "pydantic_settings", "pygments", "pytz", "regex",
    "requests", "rich", "starlette", "tabulate", "tenacity", "termcolor", "toml", "tomli",
    "tomlkit", "tqdm", "typer", "typing_extensions", "ujson", "urllib3", "uvicorn", "yaml",
})  # fmt: skip
_TALKING = frozenset({
    "ftplib", "http.client", "imaplib", "nntplib", "poplib", "smtplib", "subprocess", "xmlrpc",
})  # fmt: skip


def context_settings(reading: Reading) -> Iterator[ContextSetting]:
    """Yield what is set on TLS contexts that the file builds."""
    for node in reading.tree.nodes.get(cst.AssignTarget, ()):
        assert isinstance(node, cst.AssignTarget)
        target = node.target
        if not isinstance(target, cst.Attribute) or target.attr.value not in _ATTRIBUTES:
            continue
        for owner in reading.evaluator.values(target.value):
            if isinstance(owner, Result) and owner.call is not None and "ssl" in owner.origin:
                assign = reading.tree.parents[node]
                assert isinstance(assign, cst.Assign)
                yield ContextSetting(
                    target,
                    target.attr.value,
                    reading.expr(assign.value),
                    owner.call.node,
                    len(assign.targets) == 1,
                    reading.site(target),
                )
                break


def tls_bypasses(reading: Reading) -> Iterator[TlsBypass]:
    """Yield what turns verification off for the whole process, in source order."""
    found = [*_patches(reading), *_variables(reading), *_warnings(reading)]
    yield from sorted(found, key=lambda bypass: reading.tree.order[bypass.node])


def _patches(reading: Reading) -> Iterator[TlsBypass]:
    for node in reading.tree.nodes.get(cst.AssignTarget, ()):
        assert isinstance(node, cst.AssignTarget)
        target = node.target
        if type(target) is not cst.Attribute:
            continue
        owner = reading.evaluator.origin(target.value)
        kind = _PATCHED.get(f"{owner}.{target.attr.value}")
        if kind is not None:
            assign = reading.tree.parents[node]
            assert isinstance(assign, cst.Assign)
            alone = len(assign.targets) == 1
            yield _bypass(reading, target, kind, assign if alone else None)


def _variables(reading: Reading) -> Iterator[TlsBypass]:
    for write in reading.all(EnvironmentWrite):
        literal = write.value.literal
        if write.variable == "PYTHONHTTPSVERIFY" and literal == "0":
            yield _bypass(reading, write.node, Bypass.PYTHONHTTPSVERIFY, write.removable)
        elif write.variable == "CURL_CA_BUNDLE" and literal == "":
            yield _bypass(reading, write.node, Bypass.CURL_CA_BUNDLE, write.removable)


def _warnings(reading: Reading) -> Iterator[TlsBypass]:
    for node, _, origin, _ in reading.made():
        if origin in _WARNINGS:
            site = reading.site(node)
            removable = site.statement if site.is_statement else None
            yield _bypass(reading, node, Bypass.DISABLE_WARNINGS, removable)


def _bypass(
    reading: Reading, node: cst.CSTNode, kind: Bypass, removable: cst.CSTNode | None
) -> TlsBypass:
    return TlsBypass(node, kind, removable, only_openai(reading), reading.site(node))


def only_openai(reading: Reading) -> bool:
    """Say whether the file calls OpenAI and is seen to make no other request."""
    raws = reading.all(RawCall)
    talks = bool(raws) or bool(reading.all(ClientInit)) or bool(reading.all(ApiCall))
    if not talks:
        return False
    requests = {raw.node for raw in raws if raw.library == "urllib" and raw.host.is_ours}
    if any(not raw.host.is_ours and _request(raw) not in requests for raw in raws):
        return False
    if any(not init.host.is_ours for init in reading.all(ClientInit)):
        return False
    urllib = any(raw.library == "urllib" for raw in raws)
    for module in reading._imported_modules():
        root = module.split(".")[0]
        if module.startswith("urllib.request") and not urllib:
            return False
        if any(module == name or module.startswith(f"{name}.") for name in _TALKING):
            return False
        if root not in _QUIET and root not in sys.stdlib_module_names:
            return False
    return not any(
        isinstance(node, cst.ImportFrom) and node.relative
        for node in reading.tree.nodes.get(cst.ImportFrom, ())
    )


def _request(raw: RawCall) -> cst.CSTNode | None:
    """Return the call that built what ``urlopen(request)`` is given."""
    value = raw.url.value if raw.url is not None else None
    return value.call.node if isinstance(value, Result) and value.call is not None else None

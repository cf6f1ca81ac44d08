"""The HTTP client of the SDK, as fixes write it.

The one spelling that runs from SDK 1.17 to 3.x and keeps the SDK's defaults (600 s, 1000/100
connections, redirects) is ``OpenAI(http_client=DefaultHttpxClient(proxy=...))``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from oai_lint.facts import (
    ApiCall,
    ClientInit,
    Environment,
    Expr,
    File,
    Literal,
    Mapping,
    ModuleRead,
    ModuleSetting,
    Text,
)
from oai_lint.knowledge import legacy
from oai_lint.patch import Change, Delete, Import, Insert, Node, Replace, Safety
from oai_lint.target import Range

LOOPBACK = re.compile(r"(?:localhost|127(?:\.\d+){3}|\[::1\])(?=[:/]|$)", re.I)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.I)
_PATH = re.compile(r"[A-Za-z_][\w.]*")
_DEFAULTS = {
    "timeout": "{0}.Timeout(600.0, connect=5.0)",
    "limits": "{0}.Limits(max_connections=1000, max_keepalive_connections=100)",
    "follow_redirects": "True",
}


class Written(NamedTuple):
    """Text to be written and the imports that it needs."""

    text: str
    imports: tuple[Import, ...] = ()


def spelled(file: File, path: str, at: Node) -> Written:
    """Return how to write an imported thing at a place, with the import where one is missing."""
    known = file.name_of(path, at)
    if known:
        return Written(known)
    module, _, name = path.rpartition(".")
    if module == "openai":
        return Written(name, (Import(module, name),))
    return Written(path, (Import(module),))


def http_client(file: File, at: Node, arguments: Sequence[str], *, asynchronous: bool) -> Written:
    """Return a call that builds an HTTP client with the SDK's defaults and these arguments."""
    kind = "Async" if asynchronous else ""
    if file.http_client == "default":
        name = spelled(file, f"openai.Default{kind}HttpxClient", at)
        return Written(f"{name.text}({', '.join(arguments)})", name.imports)
    library = file.http_client
    name = spelled(file, f"{library}.{kind}Client", at)
    module = name.text.removesuffix(f".{kind}Client")
    imports = name.imports
    if module == name.text:  # imported by its own name
        module, imports = library, (*imports, Import(library))
    given = {argument.split("=", 1)[0] for argument in arguments}
    rest = [f"{key}={value.format(module)}" for key, value in _DEFAULTS.items() if key not in given]
    return Written(f"{name.text}({', '.join((*arguments, *rest))})", imports)


def tempered(file: File, safety: Safety, *, proxy: bool = True, helper: bool = True) -> Safety:
    """Lower a safety where the declared range admits what the text needs not to be there.

    Below 1.17 there is no ``Default*Client``; below 3.0 ``proxy=`` needs httpx 0.26.
    """
    target = file.target
    if not target.reaches(1):  # SDK 0.x: neither is written
        return safety
    written = helper and file.http_client == "default"
    if written and target.declared and not target.starts(1, 17):
        return Safety.SHOW
    old = target.httpx != Range() and not target.httpx.starts((0, 26))
    if proxy and old and not target.starts(3):
        return Safety.SHOW
    return safety


def normalised(url: str) -> str:
    """Give a proxy's address a scheme that HTTP libraries take.

    ``https://`` on loopback is almost always a plain HTTP proxy.
    """
    if not _SCHEME.match(url):
        return f"http://{url.removeprefix('//')}" if url else url
    if is_tls_on_loopback(url):
        return "http" + url[5:]
    if url.lower().startswith("socks://"):
        return "socks5" + url[5:]
    return url


def is_tls_on_loopback(url: str) -> bool:
    """Say whether an address asks for TLS to a proxy on this machine, as hardly anyone means to."""
    if not url.lower().startswith("https://"):
        return False
    rest = url[8:].rpartition("@")[2]
    match = LOOPBACK.match(rest)
    if match is None:
        return False
    port = re.match(r":(\d+)", rest[match.end() :])
    return port is not None and port[1] not in ("443", "8443")


def quoted(text: str) -> str:
    """Write a text as a literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def rewritten(code: str, old: str, new: str) -> str | None:
    """Exchange the beginning of a text in the code of its literal; None where it is not there."""
    match = re.match(r"""(\(?[rRbBfFuU]*(?:'''|\"\"\"|'|\"))""" + re.escape(old), code, re.I)
    if match is None:
        return None
    return f"{match[1]}{new}{code[match.end() :]}"


# -- reading a proxy -------------------------------------------------------------------------------

HTTPS_KEYS = ("https", "https://", "all", "all://")
HTTP_KEYS = ("http", "http://")


class Proxy(NamedTuple):
    """A proxy as it is to be written.

    Attributes:
        text: the argument of ``proxy=``.
        mounts: where one URL does not do, the pattern and the URL (or None) of each.
        certain: whether all of the value could be read.
    """

    text: str
    mounts: tuple[tuple[str, str | None], ...] = ()
    certain: bool = True


def is_path(code: str) -> bool:
    """Say whether code is a name or a dotted path, which may be written twice."""
    return _PATH.fullmatch(code) is not None


def read_proxy(file: File, expr: Expr) -> Proxy | None:
    """Return what ``proxies=expr`` says, for ``proxy=`` in its place; None for what cannot be said.

    ``proxies=None`` is read as an empty text.
    """
    code = file.code(expr.node)
    value = expr.value
    optional = any(isinstance(v, Literal) and v.value is None for v in expr.values)
    if expr.literal is None:
        return Proxy("")
    if isinstance(value, Literal):
        if not isinstance(value.value, str):
            return None
        if value.node is expr.node:
            return Proxy(_literal(file, value))
        return Proxy(code, certain=normalised(value.value) == value.value)
    if isinstance(value, Mapping):
        return _read_mapping(file, expr, value, code, optional=optional)
    if isinstance(value, (Environment, Text)) or value.origin.endswith((".Proxy()", ".URL()")):
        return Proxy(code)
    return Proxy(code, certain=False)


def _literal(file: File, value: Literal) -> str:
    """Return the code of a literal URL, with its scheme put right."""
    assert isinstance(value.value, str)
    code, url = file.code(value.node), value.value
    fixed = normalised(url)
    if fixed == url:
        return code
    scheme = _SCHEME.match(url)
    new_scheme = _SCHEME.match(fixed)
    assert new_scheme is not None
    old = scheme[0] if scheme else ""
    return rewritten(code, old, new_scheme[0]) or quoted(fixed)


def _read_mapping(
    file: File, expr: Expr, mapping: Mapping, code: str, *, optional: bool
) -> Proxy | None:
    entries: dict[str, tuple[str, str | None]] = {}
    certain = not mapping.open
    inner = file.code(mapping.node)
    inline = inner in code
    for entry in mapping.entries:
        if not isinstance(entry.key, str) or not entry.certain:
            return None
        pattern = _pattern(entry.key)
        literal = entry.value.literal
        if literal is None:
            entries[pattern] = (entry.key, None)
        elif inline or not is_path(code):
            if not inline and not isinstance(literal, str):
                return None
            value = entry.value.value
            text = file.code(entry.value.node)
            if isinstance(value, Literal) and value.node is entry.value.node:
                text = _literal(file, value)
            elif not inline:
                text = quoted(normalised(literal))
            entries[pattern] = (entry.key, text)
        else:
            certain = certain and (not isinstance(literal, str) or normalised(literal) == literal)
            lead = f"{code} and " if optional else ""
            entries[pattern] = (entry.key, f"{lead}{code}[{quoted(entry.key)}]")
    if not entries:
        return Proxy("", certain=certain)

    def whole(text: str) -> str:
        """Put the text where the mapping stands in the argument."""
        return code.replace(inner, text) if inline else text

    main = entries.get("https://") or entries.get("all://")
    if main is not None and main[1] is not None and _one_url(file, mapping):
        return Proxy(whole(main[1]), certain=certain)
    if inline and inner != code:
        return None
    mounts = tuple((pattern, text) for pattern, (_, text) in entries.items())
    return Proxy(main[1] or "" if main else "", mounts, certain)


def _pattern(key: str) -> str:
    return key if "://" in key or not key else f"{key}://"


def _one_url(file: File, mapping: Mapping) -> bool:
    """Say whether all entries hold the same proxy, the scheme of a loopback address apart."""
    seen = set()
    for entry in mapping.entries:
        literal = entry.value.literal
        seen.add(normalised(literal) if isinstance(literal, str) else file.code(entry.value.node))
    return len(seen) == 1


# -- giving it to the SDK --------------------------------------------------------------------------


def https_entry(file: File, expr: Expr) -> tuple[str, Expr] | None:
    """Return the key and value of a requests mapping that says where https traffic goes."""
    value = expr.value
    if not isinstance(value, Mapping):
        return None
    for key in (*HTTPS_KEYS, *HTTP_KEYS):
        entry = value.get(key)
        if entry is not None and entry.value.literal is not None:
            return key, entry.value
    return None


def literal_text(file: File, expr: Expr) -> str | None:
    """Return the code of a proxy's address that the file spells out, its scheme put right."""
    literal = expr.literal
    if not isinstance(literal, str) or not literal:
        return None
    value = expr.value
    if isinstance(value, Literal) and value.node is expr.node:
        return _literal(file, value)
    return quoted(normalised(literal))


def movable(file: File, at: Node) -> bool:
    """Say whether what is written at ``at`` can be written where the clients are built."""
    site = file.site(at)
    if site.conditions:
        return False
    return all(
        init.site.order > site.order
        and (site.function is None or site.function is init.site.function)
        for init in file.all(ClientInit)
    )


def is_sole_use(file: File, made: Node) -> bool:
    """Say whether what a node makes is read in one place of the file at most."""
    names = file.site(made).names
    return not any("." in name for name in names) and len(file.uses(made)) <= 1


def serve(
    file: File, statements: Sequence[Node], at: Node, arguments: Sequence[str], *, portable: bool
) -> tuple[list[Change], Safety]:
    """Take out statements that reach nothing and give the SDK an HTTP client in their place.

    Args:
        file: the file.
        statements: what is removed; the first gives way to ``openai.http_client = ...`` where the
            file makes calls through the module.
        at: a node of the first statement.
        arguments: what the HTTP client is built with.
        portable: whether ``arguments`` mean the same where the clients are built.
    """
    inits = file.all(ClientInit)
    open_ = [init for init in inits if init.http_client is None]
    module = not inits or any(call.on_module for call in file.all(ApiCall))
    if any(setting.name == "http_client" for setting in file.all(ModuleSetting)):
        module = False  # it has one
    safety = Safety.UNSAFE
    changes: list[Change] = []
    first, *rest = statements
    if not file.target.reaches(1):
        setting = spelled(file, "openai.proxy", at).text
        proxy = [a.removeprefix("proxy=") for a in arguments if a.startswith("proxy=")]
        changes += [Replace(first, (f"{setting} = {p}",)) for p in proxy] or [Delete(first)]
        return [*changes, *map(Delete, rest)], safety
    if arguments and _awaits_migration(file):
        return [], Safety.SHOW  # once they are migrated there is a client to be given it
    if module and arguments:
        written = http_client(file, at, arguments, asynchronous=False)
        owner = spelled(file, "openai.http_client", at)
        if owner.imports:  # ``from openai import ...`` alone: the module has no name
            owner = Written("openai.http_client", (Import("openai"),))
        changes += (Replace(first, (f"{owner.text} = {written.text}",)), *written.imports)
        changes += owner.imports
    else:
        changes.append(Delete(first))
    changes += map(Delete, rest)
    if arguments and inits and not module and not open_:
        safety = Safety.SHOW  # nothing takes over what the statement meant
    for init in open_ if arguments else ():
        if not portable or init.call.open or init.partial:
            safety = Safety.SHOW
            continue
        written = http_client(file, init.node, arguments, asynchronous=init.is_async)
        changes += (Insert(init.node, (f"http_client={written.text}",)), *written.imports)
    return changes, safety


def _awaits_migration(file: File) -> bool:
    """Say whether asynchronous methods of 0.x are called, or named to be called elsewhere."""
    if any(call.legacy and call.is_async for call in file.all(ApiCall)):
        return True
    named = (legacy.call_of(read.name) for read in file.all(ModuleRead) if not read.called)
    return any(old is not None and old.is_async for old in named)


def unique(changes: Iterable[Change]) -> list[Change]:
    """Return the changes without repetitions."""
    return list(dict.fromkeys(changes))

"""What the fixes from SDK 0.x to 1.0 and later have in common."""

from __future__ import annotations

import re

from oai_lint.facts import ApiCall, ClientInit, File, Host, ModuleRead, ModuleSetting, Site
from oai_lint.knowledge import legacy
from oai_lint.patch import After, Before, Change, Import, Node, Safety
from oai_lint.rule import Confidence


def bridged(file: File, safety: Safety = Safety.SAFE) -> Safety:
    """Return ``safety``, less where the declared range still admits 0.x, which the fix leaves."""
    target = file.target
    if target.declared and not target.starts(1):
        return min(safety, Safety.UNSAFE)
    return safety


def module_name(file: File, at: Node) -> tuple[str, tuple[Change, ...]] | None:
    """Return how the openai module is written at a place, and the import that it takes.

    None where another thing has that name.
    """
    name = file.name_of("openai", at)
    if name:
        return name, ()
    if file.is_free("openai", at):
        return "openai", (Import("openai"),)
    return None


_CARRIED = {
    "api_key": "api_key",
    "base_url": "base_url",
    "api_base": "base_url",
    "organization": "organization",
}
_CARRIED_AZURE = {
    "api_key": "api_key",
    "api_version": "api_version",
    "azure_endpoint": "azure_endpoint",
    "api_base": "azure_endpoint",
    "organization": "organization",
}
# What a synchronous client takes over beside them; `openai.proxy` becomes `openai.http_client`.
_TRANSPORT = {"http_client": "http_client", "proxy": "http_client"}
_NAME = "async_client"


def carried(file: File, *, azure: bool, transport: bool = False) -> list[str]:
    """Return the arguments by which a client takes over what is set on the module.

    A key set by another module of the project is read from `openai.api_key` too; without one it is
    None, and the client takes the environment's.
    """
    names = {**(_CARRIED_AZURE if azure else _CARRIED), **(_TRANSPORT if transport else {})}
    keywords = ["api_key", *(["api_version", "azure_endpoint"] if azure else [])]
    settings = [s.name for s in file.all(ModuleSetting) if not s.site.guarded]
    return list(dict.fromkeys((*keywords, *(names[name] for name in settings if name in names))))


def async_client(file: File, at: Node, openai: str) -> tuple[str, tuple[Change, ...]]:
    """Return an expression for an asynchronous client at a place, and what makes it available.

    The file's own client where it has one at module level; else one built behind the settings of
    the module; else, where those are made in functions or by other modules, one that is built when
    it is first needed.
    """
    order = file.site(at).order
    for init in file.all(ClientInit):
        names = init.site.names
        if (
            init.is_async
            and init.site.at_module_level
            and len(names) == 1
            and names[0].isidentifier()
            and init.confidence is Confidence.HIGH
            and order > init.site.order
        ):
            return names[0], ()
    azure = any(call.on_module and call.host is Host.AZURE for call in file.all(ApiCall))
    names_of = _CARRIED_AZURE if azure else _CARRIED
    settings = [s for s in file.all(ModuleSetting) if not s.site.guarded]
    given = ", ".join(f"{keyword}={openai}.{keyword}" for keyword in carried(file, azure=azure))
    cls = "AsyncAzureOpenAI" if azure else "AsyncOpenAI"
    built = f"{openai}.{cls}({given})"
    relevant = [s for s in settings if s.name in (*names_of, "api_type", "api_version")]
    made_here = [s for s in relevant if s.site.at_module_level]
    if file.site(at).at_module_level:
        return built, ()
    if not file.is_free(_NAME, at):
        ours = re.search(
            rf"def {_NAME}\(\):(\s+import openai)?\s+return {openai}\.Async", file.text
        )
        return (f"{_NAME}()" if ours else built), ()
    if (
        made_here
        and len(made_here) == len(relevant)
        and all(order > s.site.order for s in made_here)
    ):
        last = max(made_here, key=lambda s: s.site.order)
        return _NAME, (After(last.site.outermost, ((f"{_NAME} = {built}",),)),)
    return _factory(file, at, openai, built)


_CACHED = {
    "OpenAI": "openai_client",
    "AsyncOpenAI": "async_openai_client",
    "AzureOpenAI": "azure_client",
    "AsyncAzureOpenAI": "async_azure_client",
}


def cached_client(file: File, at: Site, first: Site, openai: str, cls: str) -> list[Change] | None:
    """Return what makes a cached function that builds clients, or None where it cannot be.

    :func:`cached_name` is how it is called.  It keeps a client, with its connections, for each of
    the settings that it is called with.

    Args:
        file: the file.
        at: the place that needs a client.
        first: the first of the places that need one: the function goes above it.
        openai: how the module is written there.
        cls: the class of the client.
    """
    name = _CACHED[cls]
    if not file.is_free(name, first.outermost) or not file.is_free(name, at.statement):
        return [] if f"def {name}(**settings):\n    return {openai}.{cls}(" in file.text else None
    seen = file.name_of("openai", first.outermost)
    cache = file.name_of("functools.lru_cache", first.outermost)
    if seen != openai or not (cache or file.is_free("functools", first.outermost)):
        return None
    lines = (
        f"@{cache or 'functools.lru_cache'}",
        f"def {name}(**settings):",
        f"    return {openai}.{cls}(**settings)",
        "",
        "",
    )
    function = Before(first.outermost, tuple((line,) for line in lines))
    return [*(() if cache else (Import("functools"),)), function]


def cached_name(cls: str) -> str:
    """Return the name of the cached function for clients of a class."""
    return _CACHED[cls]


def _factory(file: File, at: Node, openai: str, built: str) -> tuple[str, tuple[Change, ...]]:
    """Return a call of a cached function that builds the client, and that function."""
    first = min(_asynchronous(file), key=lambda site: site.order, default=file.site(at))
    below = first.outermost
    seen = file.name_of("openai", below) or ("openai" if file.is_free("openai", at) else "")
    # Where functions import the module, the one that builds the client does so too.
    inside = not seen and openai == "openai" and file.is_free("openai", below)
    cache = file.name_of("functools.cache", below)
    if (seen != openai and not inside) or not (cache or file.is_free("functools", below)):
        return built, ()
    needed = () if cache else (Import("functools"),)
    cache = cache or "functools.cache"
    imported = ("    import openai", "") if inside else ()
    lines = (f"@{cache}", f"def {_NAME}():", *imported, f"    return {built}", "", "")
    return f"{_NAME}()", (*needed, Before(below, tuple((line,) for line in lines)))


def _asynchronous(file: File) -> list[Site]:
    """Return the places that need an asynchronous client in place of the module."""
    sites = [
        call.site
        for call in file.all(ApiCall)
        if call.on_module and call.is_async and not call.site.guarded
    ]
    for read in file.all(ModuleRead):
        old = legacy.call_of(read.name)
        if old is not None and old.is_async and not read.site.guarded:
            sites.append(read.site)
    return [site for site in sites if not site.at_module_level]

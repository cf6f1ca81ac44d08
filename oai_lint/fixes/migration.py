"""What the fixes from SDK 0.x to 1.0 and later have in common."""

from __future__ import annotations

from oai_lint.facts import ApiCall, ClientInit, File, Host, ModuleSetting
from oai_lint.patch import After, Change, Import, Node, Safety
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


def carried(file: File, *, azure: bool) -> list[str]:
    """Return the arguments by which a client takes over what is set on the module.

    A key set by another module of the project is read from `openai.api_key` too; without one it is
    None, and the client takes the environment's.
    """
    names = _CARRIED_AZURE if azure else _CARRIED
    keywords = ["api_key", *(["api_version", "azure_endpoint"] if azure else [])]
    settings = [s.name for s in file.all(ModuleSetting) if not s.site.guarded]
    return list(dict.fromkeys((*keywords, *(names[name] for name in settings if name in names))))


def async_client(
    file: File, call: ApiCall | None, at: Node, openai: str
) -> tuple[str, tuple[Change, ...]]:
    """Return an expression for an asynchronous client at a place, and what makes it available.

    The file's own client where it has one at module level; else one built behind the settings of
    the module, or in place where those are made elsewhere.
    """
    for init in file.all(ClientInit):
        names = init.site.names
        if (
            init.is_async
            and init.site.at_module_level
            and len(names) == 1
            and names[0].isidentifier()
            and init.confidence is Confidence.HIGH
            and file.site(at).order > init.site.order
        ):
            return names[0], ()
    azure = call is not None and call.host is Host.AZURE
    names = _CARRIED_AZURE if azure else _CARRIED
    settings = [s for s in file.all(ModuleSetting) if not s.site.guarded]
    given = ", ".join(f"{keyword}={openai}.{keyword}" for keyword in carried(file, azure=azure))
    cls = "AsyncAzureOpenAI" if azure else "AsyncOpenAI"
    built = f"{openai}.{cls}({given})"
    relevant = [s for s in settings if s.name in names or s.name in ("api_type", "api_version")]
    made_here = [s for s in relevant if s.site.at_module_level]
    name = "async_client"
    if (
        made_here
        and len(made_here) == len(relevant)
        and file.is_free(name, at)
        and not file.site(at).at_module_level
        and all(file.site(at).order > s.site.order for s in made_here)
    ):
        last = max(made_here, key=lambda s: s.site.order)
        return name, (After(last.site.outermost, ((f"{name} = {built}",),)),)
    return built, ()

"""Settings of the module that 1.0 removed become those that it has, or arguments of the client."""

from __future__ import annotations

import re
from typing import NamedTuple

from oai_lint.facts import (
    UNKNOWN,
    ApiCall,
    ClientInit,
    Environment,
    Expr,
    File,
    Literal,
    ModuleRead,
    ModuleSetting,
    Text,
)
from oai_lint.knowledge import legacy
from oai_lint.patch import Change, Delete, Import, Insert, Piece, Rename, Replace, Safety
from oai_lint.rule import Confidence

_QUOTED = re.compile(r"[A-Za-z]{0,2}('''|\"\"\"|'|\").*?\1", re.S)
_SIMPLE = re.compile(r"[\w.]+([(\[][^()\[\]\n]*[)\]])?")


class Rewrite(NamedTuple):
    """What becomes of a setting, and how far that may be trusted."""

    changes: tuple[Change, ...]
    safety: Safety


def rewritten_setting(setting: ModuleSetting, file: File) -> Rewrite | None:
    """Return what becomes of a setting that has no effect any more."""
    if setting.by_setattr or not setting.alone:
        return None
    reads = reads_of(setting.name, file)
    if setting.name == "api_base":
        return _api_base(setting, reads, file)
    if setting.name == "api_key_path":
        if reads or setting.value.literal is None:
            return None
        path = file.name_of("pathlib.Path", setting.node)
        needed = () if path else (Import("pathlib", "Path"),)
        value = (f"{path or 'Path'}(", setting.value.node, ").read_text().strip()")
        replaced = Replace(setting.value.node, value)
        return Rewrite((Rename(setting.node, "api_key"), replaced, *needed), Safety.UNSAFE)
    keyword = legacy.SETTINGS[setting.name].keyword
    if keyword == "api_key":  # a typo
        renamed = [Rename(read.node, keyword) for read in reads]
        return Rewrite((Rename(setting.node, keyword), *renamed), Safety.UNSAFE)
    if reads:
        return None
    return Rewrite((Delete(setting.site.statement),), Safety.UNSAFE)


def reread_setting(read: ModuleRead, name: str, file: File) -> tuple[Change, ...]:
    """Return what makes a read of a setting one of the setting that took its place.

    Only where the value may be None, as that of today is until it is set, and plainly OpenAI's.
    """
    if name != "api_base" or read.imported or read.site.chained or read.outer is not None:
        return ()
    if any(setting.name == "api_type" for setting in file.all(ModuleSetting)):
        return ()
    code = re.escape(file.code(read.node))
    if re.search(rf"\{{\s*{code}|[+%]\s*{code}|{code}\s*[+%]", file.code(read.site.parent)):
        return ()
    return (Rename(read.node, "base_url"),)


def reads_of(name: str, file: File) -> list[ModuleRead]:
    """Return the places that read an attribute of the module."""
    return [r for r in file.all(ModuleRead) if r.name == f"openai.{name}" and not r.imported]


def _api_base(setting: ModuleSetting, reads: list[ModuleRead], file: File) -> Rewrite | None:
    azure = _for_azure(setting, file)
    if azure is None:
        return None
    new = "azure_endpoint" if azure else "base_url"
    client = _one_client(setting, file)
    if client is not None and not reads and client.is_azure is azure:
        if not client.call.lacks(new):
            return None
        given = Insert(client.node, (f"{new}=", setting.value.node))
        return Rewrite((given, Delete(setting.site.statement)), Safety.UNSAFE)
    changes: list[Change] = [Rename(setting.node, new)]
    changes += (Rename(read.node, new) for read in reads if read.direct)
    safety = Safety.UNSAFE
    if not azure:
        changes += _with_slash(setting.value, file)
        literal = setting.value.literal
        if isinstance(literal, str) and literal.rstrip("/") == legacy.DEFAULT_API_BASE:
            safety = Safety.SAFE
    return Rewrite(tuple(changes), safety)


def _for_azure(setting: ModuleSetting, file: File) -> bool | None:
    """Say whether an address is Azure's; None where that depends on what is not seen."""
    for value in setting.value.texts:
        known = value.known if isinstance(value, Text) else str(value.value)
        if re.search(r"\.azure\.com|\.azure-api\.net", known):
            return True
        if re.match(r"https?://[\w.-]+", known) and len(setting.value.values) == 1:
            return False
    kinds = [s for s in file.all(ModuleSetting) if s.name == "api_type"]
    for kind in kinds:
        if kind.value.literal is UNKNOWN:
            return None
    azure = [k for k in kinds if str(k.value.literal).lower() in legacy.AZURE_API_TYPES]
    if not azure:
        return False
    here = [k for k in azure if _together(k, setting)]
    others = [
        s
        for s in file.all(ModuleSetting)
        if s.name == setting.name and s is not setting and _together(s, setting)
    ]
    return None if others or not here else True


def _together(one: ModuleSetting, other: ModuleSetting) -> bool:
    return one.site.function is other.site.function and one.site.conditions == other.site.conditions


def _one_client(setting: ModuleSetting, file: File) -> ClientInit | None:
    """Return the one client of a file whose calls all go through it."""
    inits = file.all(ClientInit)
    calls = file.all(ApiCall)
    if (
        len(inits) != 1
        or inits[0].confidence is not Confidence.HIGH
        or not setting.site.at_module_level
        or setting.site.conditions
        or inits[0].site.order < setting.site.order
        or any(call.on_module for call in calls)
    ):
        return None
    return inits[0]


def _with_slash(value: Expr, file: File) -> list[Change]:
    """Return the change that makes an address end in a slash, as the module wants it."""
    literal = value.literal
    if literal is None or (isinstance(literal, str) and literal.endswith("/")):
        return []
    code = file.code(value.node)
    if _QUOTED.fullmatch(code):
        quote = code[-3:] if code.endswith(('"""', "'''")) else code[-1:]
        if any(isinstance(v, Text) and v.known.endswith("/") for v in value.values):
            return []
        return [Replace(value.node, (f"{code.removesuffix(quote)}/{quote}",))]
    owner: tuple[Piece, ...] = (value.node,) if _SIMPLE.fullmatch(code) else ("(", value.node, ")")
    if not all(isinstance(v, (Literal, Text)) or _is_present(v, file) for v in value.values):
        owner = ("(", value.node, f' or "{legacy.DEFAULT_API_BASE}")')
    return [Replace(value.node, (*owner, '.rstrip("/") + "/"'))]


def _is_present(value: object, file: File) -> bool:
    """Say whether an environment variable is read so that it cannot be None."""
    if not isinstance(value, Environment):
        return False
    if value.default is not None and isinstance(value.default.literal, str):
        return True
    return file.code(value.node).endswith("]")

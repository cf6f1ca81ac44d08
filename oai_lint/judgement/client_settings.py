"""The settings of an SDK client as the SDK will see them, and what decides each.

True of every release from 1.0 on: an argument of the client wins, one of ``with_options()`` wins
over those of the client it copies, and ``None`` is "not given" for all but the timeout, which it
switches off, and ``max_retries``, which refuses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, NamedTuple

from oai_lint.facts.clients import ClientCopy, ClientInit, ClientSetting
from oai_lint.facts.file import File
from oai_lint.facts.values import (
    Argument,
    Attribute,
    Call,
    Literal,
    LocalFunction,
    Result,
    Text,
    Value,
)
from oai_lint.judgement import carrying, waiting
from oai_lint.judgement.worth import NOT_KNOWN, Told, joined, told
from oai_lint.knowledge.eras import LATEST
from oai_lint.patch import Node

RETRIES: Final = 2
"""What ``max_retries`` is when nobody says anything."""

PUBLIC: Final = "https://api.openai.com/v1"
SDK_DEFAULT: Final = "SDK default"

_UNSET: Final = frozenset({
    "openai.NOT_GIVEN", "openai.not_given", "openai.NotGiven()", "openai.omit", "openai.Omit()",
})  # fmt: skip
_NONE_COUNTS: Final = frozenset({"timeout", "max_retries"})


class Setting(NamedTuple):
    """One setting of a client.

    Attributes:
        name: what it is.
        told: what it is worth and what decides that.
    """

    name: str
    told: Told


def client_settings(client: ClientInit | ClientCopy, file: File) -> tuple[Setting, ...]:
    """Return the settings in force for a client that is built or copied here."""
    made = _Client(client, file)
    address = made.amended("base_url", _address_words("")) or _base_url(made)
    https = not address.value.startswith("`http://")
    return (
        Setting("Timeout", _timeout(made)),
        Setting("Retries", _retries(made)),
        Setting("Proxy", made.carried(partial(carrying.proxy, https=https))),
        Setting("TLS verification", made.carried(carrying.verification)),
        Setting("HTTP library", made.carried(carrying.library)),
        Setting("Base URL", address),
        Setting("Key", _key(made)),
        Setting("SDK", _sdk(file)),
    )


class _Link(NamedTuple):
    """One call in the chain that makes a client; ``open``: it may pass more than is seen."""

    call: Call
    open: bool


class _Client:
    """A client and those that it was copied from, the nearest first."""

    def __init__(self, client: ClientInit | ClientCopy, file: File) -> None:
        self.file = file
        self.cls = client.client if isinstance(client, ClientCopy) else client.cls
        self.is_azure = self.cls.endswith("AzureOpenAI")
        self.links: list[_Link] = []
        copies = {copy.node: copy for copy in file.all(ClientCopy)}
        inits = {init.node: init for init in file.all(ClientInit)}
        current: ClientInit | ClientCopy | None = client
        while isinstance(current, ClientCopy):
            self.links.append(_Link(current.call, current.call.open))
            before = _copied(current)
            current = copies.get(before) or inits.get(before)
        self.init = current
        if current is not None:
            self.links.append(_Link(current.call, current.call.open or current.partial))

    def given(self, name: str) -> Argument | Told | None:
        """Return the argument that counts, why that is not known, or None: the default holds."""
        for link in self.links:
            argument = link.call[name]
            if argument is not None:
                if argument.value.origin in _UNSET:
                    continue
                if not argument.is_none or name in _NONE_COUNTS:
                    return argument
            elif link.open:
                return Told(NOT_KNOWN, f"`{name}=` may be among what else is passed")
        if self.init is None:
            return Told(NOT_KNOWN, "the client that is copied")
        return None

    def said(self, name: str, spell: Callable[[Value], str]) -> Told | None:
        """Tell what an argument says; None where the default holds."""
        given = self.given(name)
        if isinstance(given, Argument):
            return told(given.expr, self.file, spell, f"argument `{name}`")
        return given

    def carried(self, judge: Callable[[carrying.Carrier, File], Told]) -> Told:
        """Tell something about the HTTP client, or the several that it may be."""
        given = self.given("http_client")
        if isinstance(given, Told):
            return given
        return joined(judge(carrier, self.file) for carrier in carrying.carriers(given, self.file))

    def amended(self, name: str, spell: Callable[[Value], str]) -> Told | None:
        """Tell what an attribute of the client is set to after it was made, if it is."""
        found = [told(s.value, self.file, spell, s_code) for s, s_code in self._later(name)]
        return joined(found) if found else None

    def _later(self, name: str) -> Iterator[tuple[ClientSetting, str]]:
        node = self.links[0].call.node
        for setting in self.file.all(ClientSetting):
            owner = setting.owner
            call = owner.call if isinstance(owner, Result) else None
            if setting.name == name and call is not None and call.node is node:
                yield setting, f"`{self.file.code(setting.node)}` is set"


def _copied(copy: ClientCopy) -> Node:
    """Return the call that makes what is copied."""
    value: Value | None = copy.call.func.value
    while isinstance(value, Attribute):
        value = value.of
    if isinstance(value, Result) and value.call is not None:
        return value.call.node
    return None


def _timeout(made: _Client) -> Told:
    brief = _limits(made, waiting.brief).value
    found = _limits(made, waiting.spelled)
    return found._replace(brief="" if NOT_KNOWN in brief else brief)


def _limits(made: _Client, words: Callable[[waiting.Limits], str]) -> Told:
    def spell(value: Value) -> str:
        found = waiting.limits(value)
        return words(found) if found is not None else ""

    found = made.amended("timeout", spell) or made.said("timeout", spell)
    if found is not None:
        return found
    assert made.init is not None, "else the argument is not known"
    # What a copy gets as `http_client` comes too late: the timeout is the one of the copied.
    choices = carrying.carriers(made.init.call["http_client"], made.file)
    return joined(_of_carrier(carrier, made.file, words) for carrier in choices)


def _of_carrier(
    carrier: carrying.Carrier, file: File, words: Callable[[waiting.Limits], str]
) -> Told:
    """Tell how long the SDK waits with an HTTP client when it is told nothing itself."""
    if not carrier.known:
        return Told(NOT_KNOWN, carrier.source)
    argument = carrier.call["timeout"] if carrier.call is not None else None
    if argument is None:
        if carrier.call is not None and carrier.call.open:
            return Told(NOT_KNOWN, f"a `**` of {carrier.source}")
        return Told(words(waiting.DEFAULT), SDK_DEFAULT)
    found = waiting.limits(argument.value)
    if found is not None and waiting.taken_for_unset(found):
        source = f"{SDK_DEFAULT}: 5 s in {carrier.source} counts as not set"
        return Told(words(waiting.DEFAULT), source)

    def spell(value: Value) -> str:
        found = waiting.limits(value)
        return words(found) if found is not None else ""

    return told(argument.expr, file, spell, f"`timeout=` of {carrier.source}")


def _retries(made: _Client) -> Told:
    def spell(value: Value) -> str:
        number = value.value if isinstance(value, Literal) else ""
        if number is None:
            return "`None`, which is a `TypeError` from openai 1.16 on"
        return _attempts(number) if isinstance(number, int) else ""

    found = made.amended("max_retries", spell) or made.said("max_retries", spell)
    found = found or Told(_attempts(RETRIES), SDK_DEFAULT)
    number = found.value.partition(" ")[0]
    return found._replace(brief=f"retries {number}" if number.isdecimal() else "")


def _attempts(retries: int) -> str:
    return f"{retries} ({retries + 1} attempt{'s' * (retries != 0)})"


def _base_url(made: _Client) -> Told:
    if isinstance(made.given("provider"), Argument):
        return Told(NOT_KNOWN, "argument `provider`")
    if made.is_azure:
        variable, default = "AZURE_OPENAI_ENDPOINT", "what `AZURE_OPENAI_ENDPOINT` says"
    else:
        variable = "OPENAI_BASE_URL"
        default = f"what `OPENAI_BASE_URL` says, `{PUBLIC}` if it is not set"
    found = made.said("base_url", _address_words(default))
    if found is None and made.is_azure:
        found = made.said("azure_endpoint", _address_words(default))
    return found or Told(default, carrying.environment(made.file, {variable}))


def _address_words(default: str) -> Callable[[Value], str]:
    def spell(value: Value) -> str:
        if isinstance(value, Literal) and value.value is None:
            return default
        return carrying.address(value)

    return spell


def _key(made: _Client) -> Told:
    variables = ["OPENAI_API_KEY"]
    if made.is_azure:
        variables = ["AZURE_OPENAI_AD_TOKEN", "AZURE_OPENAI_API_KEY"]
    default = "what " + " or ".join(f"`{name}`" for name in variables) + " says"

    def spell(value: Value) -> str:
        if isinstance(value, Literal) and value.value is None:
            return default
        if isinstance(value, Literal):
            return "written in this file" if value.value else "empty"
        if isinstance(value, LocalFunction):
            return "what a function returns, asked before each request"
        return "put together in this file" if isinstance(value, Text) else ""

    found = made.amended("api_key", spell)
    if made.is_azure:
        found = found or made.said("azure_ad_token", spell)
        if found is None and isinstance(made.given("azure_ad_token_provider"), Argument):
            return Told("a token that a function returns", "argument `azure_ad_token_provider`")
    found = found or made.said("api_key", spell)
    return found or Told(default, carrying.environment(made.file, {*variables}))


def _sdk(file: File) -> Told:
    target = file.target
    majors = [
        f"{major}.x"
        for major in range(1, LATEST.major + 1)
        if target.openai.reaches((major,)) and not target.openai.starts((major + 1,))
    ]
    versions = f" (`openai{target.openai}`)" if target.declared else ""
    value = f"{' or '.join(majors) or 'before 1.0'}{versions}"
    origin = target.origin.replace("\\", "/").rpartition("/")[2]
    return Told(value, origin if target.declared else "declared nowhere")

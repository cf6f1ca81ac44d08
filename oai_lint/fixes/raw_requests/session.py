"""Sessions and clients that raw requests go through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from oai_lint.facts import File, HttpClient, HttpSetting, Lifetime, RawCall
from oai_lint.fixes.raw_requests.declined import Declined

_CARRIED = frozenset({
    "headers", "timeout", "proxies", "proxy", "verify", "base_url", "follow_redirects", "trust_env",
    "raise_for_status",
})  # fmt: skip


_SET = ("headers", "proxies", "verify")


class Session(NamedTuple):
    """What builds a session, what becomes of it, and what is set on it."""

    made: HttpClient
    life: Lifetime
    settings: tuple[HttpSetting, ...]


def is_async(raw: RawCall) -> bool:
    """Say whether a request is awaited."""
    return raw.library == "aiohttp" or raw.session.endswith("AsyncClient")


def session_of(calls: Sequence[RawCall], file: File) -> Session | None:
    """Return the session of requests that share one; None where they have none.

    Raises:
        Declined: something else is done with it.
    """
    raw = calls[0]
    if not raw.session:
        return None
    made = next((made for made in file.all(HttpClient) if made.node is raw.made), None)
    if made is None:
        raise Declined("its session comes from elsewhere")
    life = file.lifetime(made.node)
    in_object = life.stored and not life.names
    if in_object:
        life = file.kept(made.node) or life
    settings = tuple(s for s in file.all(HttpSetting) if s.made is made.node)
    if made.call.open or set(made.call.keywords) - _CARRIED:
        raise Declined("its session is set up in a way of its own")
    if any(setting.name not in _SET or _in_part(setting, made) for setting in settings):
        raise Declined("its session is set up in a way of its own")
    captured = life.captured and not made.site.at_module_level
    if len(life.names) != 1 or life.returned or life.passed or captured or life.clients:
        raise Declined("its session is used elsewhere")
    if not in_object and not all(file.is_bound_once(use) for use in life.uses):
        raise Declined("its session may be something else where it is used")
    if life.stored or len(life.uses) != len(calls) + len(settings) + len(life.closes):
        raise Declined("its session is used elsewhere")
    if len(life.entrances) > 1 or any(not entrance.alone for entrance in life.entrances):
        raise Declined("its session is entered beside something else")
    if any(not close.site.is_statement and not close.site.under_await for close in life.closes):
        raise Declined("its session is used elsewhere")
    return Session(made, life, settings)


def _in_part(setting: HttpSetting, made: HttpClient) -> bool:
    """Say whether a setting is not made in all cases, or not whole."""
    sometimes = tuple(setting.site.conditions) != tuple(made.site.conditions)
    return sometimes or (setting.name != "headers" and setting.key is not None)

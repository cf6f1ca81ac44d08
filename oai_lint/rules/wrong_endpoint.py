"""Addresses that the API does not have."""

import re
from collections.abc import Iterator

from oai_lint.facts import File, Host, Mapping, RawCall, Value
from oai_lint.fixes.spelling import rewritten
from oai_lint.knowledge.endpoints import CREATE_ONLY, ENGINE_PATH, fixed_urls, shut_down
from oai_lint.patch import Change, Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity

_HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
_FIRST = frozenset(url.split("/")[1] for url in fixed_urls())


class WrongEndpoint(Rule[RawCall]):
    """The API has nothing at this address: the request ends in 404 or 405.

    Every path begins with `/v1`; the first generation's paths (`/v1/engines/…`, `/v1/edits`,
    `/v1/answers`…) are shut down; `/v1/embeddings`, `/v1/moderations` and the like only take
    `POST`; two slashes in a row and blanks are part of the path to the server.

    ## Fix safety
    Safe for a missing `/v1`, doubled slashes and blanks; unsafe where the method or the body has to
    change too.

    ## References
    - https://platform.openai.com/docs/api-reference/introduction
    - https://platform.openai.com/docs/deprecations
    """

    code = "OAI603"
    message = "{what}: the request fails with {status}; {advice}"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Write the address that the API has"
    examples = (
        Example(
            bad=(
                "import requests\n\n"
                'requests.get("https://api.openai.com/models", headers=headers(), timeout=60)\n'
            ),
            good=(
                "import requests\n\n"
                'requests.get("https://api.openai.com/v1/models", headers=headers(), '
                "timeout=60)\n"
            ),
        ),
    )

    def check(self, raw: RawCall, file: File) -> Iterator[Finding]:
        """Report the first thing that is wrong with an address of OpenAI's host."""
        if raw.host is not Host.OPENAI or raw.url is None or raw.method == "WS_CONNECT":
            return
        value = raw.url.value
        address, path = raw.address, raw.path
        below = path.removeprefix("/v1") if re.match(r"/v1(/|$)", path) else path
        if address != address.strip() or " " in path:
            yield self._found(
                raw,
                "The address holds blanks",
                404,
                "take them out",
                _without_blanks(file, value, address),
            )
        elif "//" in path and "//" in path.rstrip("/") + "/":
            change = rewritten(file, value, path, re.sub("//+", "/", path))
            yield self._found(raw, "The path holds doubled slashes", 404, "write one", change)
        elif below == path and _is_endpoint(path):
            change = rewritten(file, value, path, f"/v1{path}") if _HOLE not in path else None
            if change is None:
                head = "/".join(path.split("/")[:2])
                change = rewritten(file, value, f"api.openai.com{head}", f"api.openai.com/v1{head}")
            yield self._found(
                raw, f"`{_shown(path)}` lacks `/v1`", 404, "put it before the path", change
            )
        elif (gone := shut_down(below)) is not None and gone.date <= file.today.isoformat():
            advice = f"use `/v1{gone.new}`" if gone.new else "nothing replaces it"
            engine = ENGINE_PATH.match(below)
            fix: tuple[Change, ...] = ()
            if engine is not None:
                advice = f"use `/v1/{engine['rest']}` with `model` in the body"
                fix = _moved(raw, file, value, engine["engine"], engine["rest"])
            yield self._found(
                raw,
                f"`/v1{gone.prefix}` was shut down on {gone.date}",
                404,
                advice,
                *fix,
                safety=Safety.UNSAFE,
            )
        elif raw.method == "GET" and below in CREATE_ONLY and raw.library != "urllib":
            func = file.code(raw.call.func.node)
            change = None
            if func.endswith(".get"):
                change = Replace(raw.call.func.node, (func.removesuffix("get") + "post",))
            yield self._found(
                raw, f"`{path}` takes `POST` only", 405, "send `POST`", change, safety=Safety.UNSAFE
            )

    def _found(
        self,
        raw: RawCall,
        what: str,
        status: int,
        advice: str,
        *fix: Change | None,
        safety: Safety = Safety.SAFE,
    ) -> Finding:
        assert raw.url is not None
        changes = tuple(change for change in fix if change is not None)
        return self.found(
            raw.url.expr,
            fix=changes,
            safety=safety,
            confidence=raw.confidence,
            what=what,
            status=status,
            advice=advice,
        )


def _is_endpoint(path: str) -> bool:
    parts = path.split("/")
    return len(parts) > 1 and parts[1] in _FIRST


def _shown(path: str) -> str:
    return path.replace(_HOLE, "…")


def _without_blanks(file: File, value: Value, address: str) -> Change | None:
    clean = address.strip()
    if " " in clean or _HOLE in clean:
        return None
    return rewritten(file, value, address, clean) if address.strip("\n\t") == address else None


def _moved(raw: RawCall, file: File, value: Value, engine: str, rest: str) -> tuple[Change, ...]:
    """Move the engine's name from the path into the body."""
    body = raw.call["json"]
    if body is None or _HOLE in engine:
        return ()
    mapping = body.value
    if not isinstance(mapping, Mapping) or not mapping.entries or mapping.get("model"):
        return ()
    first = mapping.entries[0]
    address = rewritten(file, value, f"/engines/{engine}/{rest}", f"/{rest}")
    if address is None or first.key_node is None or mapping.node is not body.expr.node:
        return ()
    return (address, Replace(first.key_node, (f'"model": "{engine}", ', first.key_node)))

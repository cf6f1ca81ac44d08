"""Keys of proxy mappings in the other library's spelling."""

from collections.abc import Iterator

from oai_lint.facts import Entry, File, Place, ProxyUse
from oai_lint.patch import Replace, Safety
from oai_lint.rule import Example, Finding, Rule, Severity

_SCHEMES = ("http", "https", "all")


class MisspelledMountKey(Rule[ProxyUse]):
    """httpx wants `"https://"` as the key of a mount, requests wants `"https"`.

    Each gets the other's wrong in its own way: `mounts={"https": ...}` raises `ValueError: Proxy
    keys should use proper URL forms rather than plain scheme strings`, and requests silently
    ignores `{"https://": ...}`, so that the traffic goes out directly.

    ## Fix safety
    Safe for `mounts=`, which could not work. Unsafe for requests, whose traffic then goes through
    the proxy.

    ## References
    - https://www.python-httpx.org/advanced/transports/#mounting-transports
    - https://requests.readthedocs.io/en/latest/user/advanced/#proxies
    """

    code = "OAI205"
    message = "{library} {effect} the key `{key}`; write `{instead}`"
    severity = Severity.ERROR
    safety = Safety.SAFE
    fixes = "Spell the key as the library reads it"
    examples = (
        Example(
            bad=(
                "import httpx\n"
                "from openai import OpenAI\n\n"
                'transport = httpx.HTTPTransport(proxy="http://10.0.0.1:3128")\n'
                'client = OpenAI(http_client=httpx.Client(mounts={"https": transport}))\n'
            ),
            good=(
                "import httpx\n"
                "from openai import OpenAI\n\n"
                'transport = httpx.HTTPTransport(proxy="http://10.0.0.1:3128")\n'
                'client = OpenAI(http_client=httpx.Client(mounts={"https://": transport}))\n'
            ),
        ),
    )

    def check(self, use: ProxyUse, file: File) -> Iterator[Finding]:
        """Report every key that the library does not read."""
        if use.place is Place.MOUNTS:
            for entry in use.entries:
                key = entry.key
                if isinstance(key, str) and key and ":" not in key:
                    yield self._at(use, entry, f"{key}://" if key in _SCHEMES else "", file)
        elif use.library == "requests" and use.works:
            item = use.place is Place.ITEM and use.key.endswith("://")
            if item and use.key[:-3] in _SCHEMES:
                yield self.found(
                    use,
                    safety=Safety.UNSAFE,
                    confidence=use.confidence,
                    library="requests",
                    effect="silently ignores",
                    key=use.key,
                    instead=use.key[:-3],
                )
            for entry in use.entries:
                key = entry.key
                if isinstance(key, str) and key.endswith("://") and key[:-3] in _SCHEMES:
                    yield self._at(use, entry, key[:-3], file)

    def _at(self, use: ProxyUse, entry: Entry, instead: str, file: File) -> Finding:
        mount = use.place is Place.MOUNTS
        fix: tuple[Replace, ...] = ()
        code = file.code(entry.key_node) if entry.key_node is not None else ""
        if instead and code.count(entry.key) == 1:
            fix = (Replace(entry.key_node, (code.replace(entry.key, instead),)),)
        return self.found(
            entry.key_node if entry.key_node is not None else entry.node,
            fix=fix,
            safety=Safety.SAFE if mount else Safety.UNSAFE,
            confidence=use.confidence,
            library=("httpx" if use.library == "openai" else use.library),
            effect="refuses with `ValueError`" if mount else "silently ignores",
            key=entry.key,
            instead=instead or f"all://{entry.key}",
        )

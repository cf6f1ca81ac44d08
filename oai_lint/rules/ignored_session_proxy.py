"""Proxies put on a session that the SDK does not use."""

from collections.abc import Iterator, Sequence

from oai_lint.facts import (
    ApiCall,
    ClientInit,
    Expr,
    File,
    HttpClient,
    HttpSetting,
    ModuleSetting,
    UnusedOpener,
)
from oai_lint.fixes.http_client import (
    https_entry,
    literal_text,
    movable,
    serve,
    tempered,
    unique,
)
from oai_lint.patch import Change, Delete, Node, Safety
from oai_lint.rule import Example, Finding, Rule, Severity

_REACHING = frozenset({"proxies", "trust_env", "verify", "cert", "mount"})
_SERVED = ("http_client", "proxy", "proxies")


class IgnoredSessionProxy(Rule[HttpClient | UnusedOpener]):
    """The SDK makes its requests with its own HTTP client, not with a session built beside it.

    `requests.session().proxies.update(...)`, a `requests.Session()` with proxies that nobody
    uses and an installed `urllib` opener change nothing about the SDK's traffic, in SDK 0.x as
    little as from 1.0 on: it goes out directly. (`openai.requestssession` did take a session,
    below 1.0.)

    ## Fix safety
    Unsafe: the session goes, and the SDK gets an HTTP client with the proxy that was meant for
    `https`. Its traffic then really goes through that proxy.

    ## References
    - https://github.com/openai/openai-python#configuring-the-http-client
    - https://github.com/openai/openai-python/issues/463
    """

    code = "OAI201"
    message = (
        "The SDK does not use this {what}, and nothing else does; pass {setting} by `http_client=`"
    )
    severity = Severity.ERROR
    fixes = "Give the SDK an HTTP client with that proxy"
    examples = (
        Example(
            bad=(
                "import requests\n"
                "from openai import OpenAI\n\n"
                "session = requests.Session()\n"
                'session.proxies = {"https": "http://10.0.0.1:3128"}\n'
                "client = OpenAI()\n"
            ),
            good=(
                "from openai import DefaultHttpxClient, OpenAI\n\n"
                "client = OpenAI("
                'http_client=DefaultHttpxClient(proxy="http://10.0.0.1:3128"))\n'
            ),
        ),
        Example(
            bad=(
                "import openai\n"
                "import requests\n\n"
                'proxies = {"http": "http://127.0.0.1:7890", '
                '"https": "http://127.0.0.1:7890"}\n'
                "requests.session().proxies.update(proxies)\n"
                'openai.chat.completions.create(model="gpt-6.1-sol", messages=[])\n'
            ),
            good=(
                "import openai\n\n"
                "openai.http_client = openai.DefaultHttpxClient("
                'proxy="http://127.0.0.1:7890")\n'
                'openai.chat.completions.create(model="gpt-6.1-sol", messages=[])\n'
            ),
        ),
    )

    def check(self, fact: HttpClient | UnusedOpener, file: File) -> Iterator[Finding]:
        """Report a session or opener that is set up and never used."""
        if not file.all(ClientInit) and not file.all(ApiCall):
            return
        if isinstance(fact, UnusedOpener):
            fix, safety = self._fix(
                file, fact.statements, fact.node, fact.proxies, (fact.proxies.node,)
            )
            yield self.found(fact, fix=fix, safety=safety, what="opener", setting="proxies")
            return
        if not fact.idle:
            return
        settings = [s for s in file.all(HttpSetting) if s.made is fact.node]
        told = next((s for s in settings if s.name in _REACHING), None)
        if told is None:
            return
        proxies = [s for s in settings if s.name == "proxies"]
        statements = [s.site.statement for s in settings]
        if not fact.site.is_statement and fact.site.names:
            if fact.site.entered:  # ``with Session() as s:`` is no statement of its own
                yield self._at(told)
                return
            statements.insert(0, fact.site.statement)
        given = self._given(proxies)
        place = (given or told).site.statement
        rest = [s for s in statements if s is not place]
        reads = tuple(s.value.node for s in proxies)
        value = given.value if given is not None else None
        ordered = (place, *unique_nodes(rest))
        fix, safety = self._fix(file, ordered, (given or told).node, value, reads)
        if any(s.site.conditions for s in settings if s is not given):
            safety = Safety.SHOW  # a branch would be left empty
        yield self._at(told, fix, safety)

    def _at(
        self,
        told: HttpSetting,
        fix: Sequence[Change] = (),
        safety: Safety = Safety.SHOW,
    ) -> Finding:
        setting = {"mount": "adapters", "proxies": "proxies"}.get(told.name, f"`{told.name}`")
        return self.found(told, fix=fix, safety=safety, what="session", setting=setting)

    def _given(self, proxies: Sequence[HttpSetting]) -> HttpSetting | None:
        """Return the setting that says where ``https`` goes: the last mapping or entry."""
        for setting in reversed(proxies):
            if setting.key is None or setting.key.startswith(("https", "all")):
                return setting
        return proxies[-1] if proxies else None

    def _fix(
        self,
        file: File,
        statements: Sequence[Node],
        at: Node,
        given: Expr | None,
        reads: Sequence[Node],
    ) -> tuple[Sequence[Change], Safety]:
        """Give the SDK the proxy and take out what holds it now."""
        if not file.all(ClientInit) and any(
            setting.name in _SERVED for setting in file.all(ModuleSetting)
        ):  # the module has its client, or gets one from `ignored-module-proxy`
            return [Delete(s) for s in statements], self.safety
        if given is None:
            changes, safety = serve(file, statements, at, (), portable=True)
            return changes, safety
        entry = https_entry(file, given)
        expr = entry[1] if entry is not None else given
        mapping = given.value
        gone: list[Node] = []
        if entry is not None and mapping.node is not given.node:
            uses = file.uses(mapping.node)
            site = file.site(mapping.node)
            plain = site.names and not any("." in name for name in site.names)
            if plain and uses and all(use in reads for use in uses):
                gone = [site.statement]  # nobody else wants the mapping
        text = literal_text(file, expr)
        if text is None:
            if entry is not None and mapping.node is not given.node and not gone:
                text = f'{file.code(given.node)}["{entry[0]}"]'
            elif entry is None and given.literal is None:
                text = ""
            elif entry is None:
                return [Delete(s) for s in statements], Safety.SHOW
            else:
                text = file.code(expr.node)
        if not text:
            return serve(file, statements, at, (), portable=True)
        spelt = literal_text(file, expr) is not None and not file.site(at).conditions
        portable = spelt or movable(file, at)
        changes, safety = serve(file, statements, at, [f"proxy={text}"], portable=portable)
        changes += map(Delete, gone)
        return unique(changes), tempered(file, safety)


def unique_nodes(nodes: Sequence[Node]) -> list[Node]:
    """Return the nodes without repetitions."""
    return list({id(node): node for node in nodes}.values())

"""Transport settings of the module that ended with SDK 0.x."""

from collections.abc import Iterator, Sequence

from oai_lint.facts import (
    Environment,
    Expr,
    File,
    HttpClient,
    HttpSetting,
    Literal,
    Mapping,
    ModuleRead,
    ModuleSetting,
    Text,
)
from oai_lint.fixes.http_client import (
    https_entry,
    literal_text,
    movable,
    serve,
    spelled,
    tempered,
    unique,
)
from oai_lint.patch import Change, Delete, Import, Node, Safety
from oai_lint.rule import Example, Finding, Rule, Severity

_SETTINGS = {
    "proxy": "a proxy",
    "proxies": "a proxy",
    "requestssession": "a session",
    "aiosession": "a session",
    "verify_ssl_certs": "this",
    "ca_bundle_path": "a CA bundle",
}


class IgnoredModuleProxy(Rule[ModuleSetting]):
    """From SDK 1.0 on the module takes no proxy, session or CA bundle, and does not say so.

    `openai.proxy`, `openai.proxies`, `openai.requestssession`, `openai.aiosession`,
    `openai.verify_ssl_certs` and `openai.ca_bundle_path` may be assigned, as any attribute of a
    module may, and nothing reads them: the traffic goes out directly, by the SDK's own HTTP
    client, with the certificates that this one trusts. Reading them back is an `AttributeError`.

    ## Fix safety
    Unsafe: the traffic then goes where the setting meant it to. The setting becomes
    `openai.http_client = openai.DefaultHttpxClient(proxy=...)` for calls through the module and
    `http_client=` for the clients of the file; a CA bundle becomes
    `verify=ssl.create_default_context(cafile=...)`. What has no equivalent is removed. Shown only
    where the declared range still admits SDK 0.x, or below 1.17, which has no
    `DefaultHttpxClient`.

    ## References
    - https://github.com/openai/openai-python#configuring-the-http-client
    - https://github.com/openai/openai-python/discussions/742
    """

    code = "OAI202"
    message = "`openai.{name}` is ignored from SDK 1.0 on; give {what} to `http_client=`"
    severity = Severity.ERROR
    fixes = "Give the SDK an HTTP client that does it"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "import openai\n\n"
                'openai.proxy = "http://10.0.0.1:3128"\n'
                'openai.chat.completions.create(model="gpt-6.1-sol", messages=[])\n'
            ),
            good=(
                "import openai\n\n"
                'openai.http_client = openai.DefaultHttpxClient(proxy="http://10.0.0.1:3128")\n'
                'openai.chat.completions.create(model="gpt-6.1-sol", messages=[])\n'
            ),
        ),
        Example(
            bad=(
                "import openai\n"
                "from openai import OpenAI\n\n"
                'openai.ca_bundle_path = "/etc/ssl/company.pem"\n'
                "client = OpenAI()\n"
            ),
            good=(
                "import ssl\n\n"
                "import openai\n"
                "from openai import OpenAI\n\n"
                "client = OpenAI(http_client=openai.DefaultHttpxClient("
                'verify=ssl.create_default_context(cafile="/etc/ssl/company.pem")))\n'
            ),
        ),
    )

    def check(self, setting: ModuleSetting, file: File) -> Iterator[Finding]:
        """Report an assignment that no SDK in force reads."""
        if not self._counts(setting):
            return
        fix, safety = self._fix(setting, file)
        if not file.target.openai.starts((1,)) and file.target.declared:
            safety = Safety.SHOW  # 0.x, which is in the range, reads it
        what = _SETTINGS[setting.name]
        yield self.found(setting, fix=fix, safety=safety, name=setting.name, what=what)

    def _counts(self, setting: ModuleSetting) -> bool:
        return (
            setting.name in _SETTINGS
            and not setting.site.guarded
            and setting.value.literal is not None
        )

    def _fix(self, setting: ModuleSetting, file: File) -> tuple[Sequence[Change], Safety]:
        value = setting.value.value
        empty = isinstance(value, Mapping) and not https_entry(file, setting.value)
        read = any(r.name == f"openai.{setting.name}" for r in file.all(ModuleRead))
        if not setting.alone or empty or read:
            return (), Safety.SHOW
        every = [s for s in file.all(ModuleSetting) if self._counts(s)]
        useful = [s for s in every if s.name not in ("verify_ssl_certs", "requestssession",
                                                     "aiosession")]  # fmt: skip
        if setting not in useful and not self._session_proxy(setting, file):
            lost = setting.name in ("requestssession", "aiosession")
            gone = (setting.site.statement, *self._session(setting, file))
            return [Delete(s) for s in gone], Safety.SHOW if lost else Safety.UNSAFE
        # Two settings make one HTTP client, where they stand side by side.
        together = [
            s for s in useful if s.site.function is setting.site.function and s.alone
            and s.site.conditions == setting.site.conditions
        ]  # fmt: skip
        chosen = {s.name: s for s in together} if setting in useful else {setting.name: setting}
        if setting in useful and len(chosen) < len(together):  # set twice: each on its own
            chosen, together = {setting.name: setting}, [setting]
        if setting not in useful:
            together = [setting]
        if len(useful) > len(together) and len(together) > 1:
            together = [setting]
            chosen = {setting.name: setting}
        arguments: list[str] = []
        imports: list[Import] = []
        portable, safety = True, Safety.UNSAFE
        for one in chosen.values():
            written = self._argument(one, file, imports)
            if written is None:
                return (Delete(setting.site.statement),), Safety.SHOW
            text, sure = written
            safety = min(safety, Safety.UNSAFE if sure else Safety.SHOW)
            arguments.append(text)
            spelt = literal_text(file, one.value) is not None and not one.site.conditions
            portable = portable and (spelt or movable(file, one.node))
        changes, moved = serve(
            file, [s.site.statement for s in together], together[0].node, arguments,
            portable=portable,
        )  # fmt: skip
        proxy = any(argument.startswith("proxy=") for argument in arguments)
        for one in chosen.values():
            changes += (Delete(s) for s in self._session(one, file))
        return unique((*changes, *imports)), tempered(file, min(safety, moved), proxy=proxy)

    def _session(self, setting: ModuleSetting, file: File) -> list[Node]:
        """Return the statements that make a session for this setting alone."""
        made = getattr(getattr(setting.value.value, "call", None), "node", None)
        client = next((c for c in file.all(HttpClient) if c.node is made), None)
        if client is None or len(client.site.names) != 1 or client.site.entered:
            return []
        settings = [s for s in file.all(HttpSetting) if s.made is made]
        statements = [client.site.statement, *(s.site.statement for s in settings)]
        if any(s.site.conditions for s in settings) or "." in client.site.names[0]:
            return []
        known = (*statements, setting.site.statement)
        if not all(any(file.inside(use, s) for s in known) for use in file.uses(made)):
            return []
        return statements

    def _session_proxy(self, setting: ModuleSetting, file: File) -> Expr | None:
        """Return the proxies of the session that ``openai.requestssession`` is set to."""
        made = getattr(getattr(setting.value.value, "call", None), "node", None)
        for other in file.all(HttpSetting):
            if made is not None and other.made is made and other.name == "proxies":
                return other.value
        return None

    def _argument(
        self, setting: ModuleSetting, file: File, imports: list[Import]
    ) -> tuple[str, bool] | None:
        """Return an argument of the HTTP client, and whether its value is sure to fit."""
        expr = setting.value
        if setting.name == "ca_bundle_path":
            context = spelled(file, "ssl.create_default_context", setting.node)
            imports += context.imports
            return f"verify={context.text}(cafile={file.code(expr.node)})", True
        session = self._session_proxy(setting, file)
        if session is not None:
            expr = session
        spelt = literal_text(file, expr)
        if spelt is not None:
            return f"proxy={spelt}", True
        entry = https_entry(file, expr)
        if entry is not None:
            text = literal_text(file, entry[1])
            if text is None:
                inline = isinstance(expr.value, Mapping) and expr.value.node is expr.node
                text = (
                    file.code(entry[1].node) if inline else f'{file.code(expr.node)}["{entry[0]}"]'
                )
            return f"proxy={text}", True
        code = file.code(expr.node)
        values = expr.values
        if any(isinstance(value, Literal) and value.value == "" for value in values):
            return f"proxy={code} or None", True
        if values and all(isinstance(value, Text) for value in values):
            return f"proxy={code}", True
        if values and all(isinstance(value, Environment) for value in values):
            bare = code.endswith("]")
            return f"proxy={code}" if bare else f"proxy={code} or None", True
        if "proxies" in code or setting.name == "proxies":  # most likely a mapping
            return f'proxy={code}["https"]', False
        return f"proxy={code} or None", True

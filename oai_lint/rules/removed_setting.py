"""Settings of the module that nothing reads any more."""

from collections.abc import Iterator

from oai_lint.facts import File, ModuleRead, ModuleSetting
from oai_lint.fixes.migration import bridged
from oai_lint.fixes.settings import reread_setting, rewritten_setting
from oai_lint.knowledge import legacy
from oai_lint.patch import Change, Safety
from oai_lint.rule import Example, Finding, Rule, Severity

_THEN = {
    "api_base": "requests and key go to the default host; set `openai.base_url`",
    "api_key_path": "the key is not found; read the file and set `openai.api_key`",
    "app_info": "pass `default_headers=` to a client",
    "debug": "set the variable `OPENAI_LOG=debug`",
    "log": "set the variable `OPENAI_LOG=debug`",
    "enable_telemetry": "there is none; remove it",
    "engine": "pass `model=` to each call",
    "apikey": "the key is `openai.api_key`",
    "api_secret_key": "the key is `openai.api_key`",
}


class RemovedSetting(Rule[ModuleSetting | ModuleRead]):
    """SDK 1.0 ignores `openai.api_base` and other settings of 0.x without a word.

    Python lets any attribute be assigned to a module, so nothing fails.  With `api_base` that is
    dangerous: requests meant for a proxy or a server of one's own go to OpenAI, and the key with
    them.  Reading such a setting that nobody has assigned raises `AttributeError`.

    The settings of today are `openai.api_key`, `organization`, `project`, `base_url` (which must
    end in a slash), `timeout`, `max_retries`, `default_headers`, `http_client` and those of Azure;
    clients built with `OpenAI(...)` read none of them.

    ## Fix safety
    Unsafe: the setting takes effect again, so traffic moves.  `api_base` becomes `base_url`
    with a slash at its end (`azure_endpoint` for Azure), or an argument of the file's one client;
    the key's path becomes the file's text.  Safe where the address is the default one.  A read of
    `api_base` becomes one of `base_url`, which is `None` unless it was set.

    ## References
    - https://github.com/openai/openai-python/discussions/742
    - https://github.com/openai/openai-python#module-level-client
    """

    code = "OAI802"
    message = "`openai.{name}` does nothing in SDK 1.0 and later: {then}"
    severity = Severity.ERROR
    safety = Safety.UNSAFE
    fixes = "Use the setting that takes its place"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "import openai\n\n"
                'openai.api_base = "https://llm.example.com/v1"\n'
                "openai.models.list()\n"
            ),
            good=(
                "import openai\n\n"
                'openai.base_url = "https://llm.example.com/v1/"\n'
                "openai.models.list()\n"
            ),
        ),
    )

    def check(self, fact: ModuleSetting | ModuleRead, file: File) -> Iterator[Finding]:
        """Report assignments; and reads where nothing in the file assigns the setting."""
        if fact.site.guarded:
            return
        if isinstance(fact, ModuleRead):
            yield from self._read(fact, file)
            return
        setting = legacy.SETTINGS.get(fact.name)
        if setting is None or not setting.is_silent or fact.name in legacy.TRANSPORT_SETTINGS:
            return
        rewrite = rewritten_setting(fact, file)
        fix: tuple[Change, ...] = rewrite.changes if rewrite is not None else ()
        safety = bridged(file, rewrite.safety) if rewrite is not None else None
        yield self.found(fact, name=fact.name, then=_THEN[fact.name], fix=fix, safety=safety)

    def _read(self, read: ModuleRead, file: File) -> Iterator[Finding]:
        name = read.name.removeprefix("openai.")
        if name not in legacy.UNREADABLE_SETTINGS or name == read.name:
            return
        if any(setting.name == name for setting in file.all(ModuleSetting)):
            return
        if not read.direct or (read.imported and not read.alias):
            return  # a variable that holds what was read, or an import of the module alone
        keyword = legacy.SETTINGS[name].keyword
        yield self.found(
            read,
            name=name,
            message="`openai.{name}` is gone since SDK 1.0: reading it raises `AttributeError`"
            + (f"; the client has `{keyword}=`" if keyword else ""),
            fix=reread_setting(read, name, file),
            safety=bridged(file, Safety.UNSAFE),
        )

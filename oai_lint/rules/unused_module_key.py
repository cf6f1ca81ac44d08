"""Settings of the module beside clients that ignore them."""

from collections.abc import Iterator

from oai_lint.facts import (
    ApiCall,
    ClientInit,
    Environment,
    File,
    ModuleRead,
    ModuleSetting,
    ModuleValue,
)
from oai_lint.knowledge.endpoints import PATHS
from oai_lint.knowledge.legacy import CLASSES, SETTINGS
from oai_lint.patch import Change, Delete, Insert, Safety
from oai_lint.rule import Confidence, Example, Finding, Rule, Severity

_AZURE = frozenset({"api_version", "azure_endpoint", "azure_ad_token", "azure_ad_token_provider"})
_CALLED = CLASSES | {path.split(".")[0] for path in PATHS}
_READERS = ("llama_index", "langfuse", "guidance", "dsp", "dspy", "evals", "gptcache", "litellm")


class UnusedModuleKey(Rule[ModuleSetting]):
    """A client built with `OpenAI()` reads none of the module's settings.

    `openai.api_key = …` configures the calls that go through the module
    (`openai.chat.completions.create`).  A client takes its key from its own argument or from
    `OPENAI_API_KEY`: it fails for want of a key, or works with another one than the code says.
    `openai.api_key = os.getenv("OPENAI_API_KEY")` says what the client does anyway, and is left
    alone.

    ## Fix safety
    Unsafe: the value moves into the constructor, where it takes effect for the first time.

    ## References
    - https://github.com/openai/openai-python#module-level-client
    """

    code = "OAI110"
    message = "`openai.{name}` does not reach `{cls}()`, which makes calls: pass `{keyword}=`"
    severity = Severity.ERROR
    safety = Safety.UNSAFE
    fixes = "Give the setting to the client"
    reaches = (1,)
    examples = (
        Example(
            bad=(
                "import openai\n\nopenai.api_key = load_key()\nclient = openai.OpenAI(timeout=30)\n"
            ),
            good="import openai\n\nclient = openai.OpenAI(timeout=30, api_key=load_key())\n",
        ),
    )

    def check(self, setting: ModuleSetting, file: File) -> Iterator[Finding]:
        """Report a setting that no call in the file obeys."""
        known = SETTINGS.get(setting.name)
        if known is None or known.is_silent or known.keyword is None or setting.site.guarded:
            return
        if setting.value.literal is None or _has_other_readers(setting, file):
            return
        clients = [
            init
            for init in file.all(ClientInit)
            if not init.site.guarded and (init.is_azure or setting.name not in _AZURE)
        ]
        without = [init for init in clients if init.call.lacks(known.keyword) and not init.partial]
        if not without or (known.keyword == "api_key" and _is_read_anyway(setting, without)):
            return
        yield self.found(
            setting,
            fix=self._moved(setting, known.keyword, without, file),
            confidence=min(each.confidence for each in without),
            name=setting.name,
            cls=without[0].cls,
            keyword=known.keyword,
        )

    def _moved(
        self,
        setting: ModuleSetting,
        keyword: str,
        clients: list[ClientInit],
        file: File,
    ) -> tuple[Change, ...]:
        """Return the changes that move a setting into the file's one client."""
        again = [s for s in file.all(ModuleSetting) if s.name == setting.name]
        if not setting.alone or setting.by_setattr or len(again) > 1 or setting.site.conditions:
            return ()
        if len(clients) > 1 or clients[0].confidence is not Confidence.HIGH:
            return ()
        client = clients[0]
        here = setting.site.function is client.site.function or setting.site.at_module_level
        if not here or client.site.order < setting.site.order:
            return ()
        given = Insert(client.node, (f"{keyword}=", setting.value.node))
        return (given, Delete(setting.site.statement))


def _is_read_anyway(setting: ModuleSetting, clients: list[ClientInit]) -> bool:
    """Say whether the clients take the same variable by themselves."""
    value = setting.value.value
    if not isinstance(value, Environment) or value.variable != "OPENAI_API_KEY":
        return False
    plain = value.default is None or value.default.literal is None
    return plain and not any(init.is_azure for init in clients)


def _has_other_readers(setting: ModuleSetting, file: File) -> bool:
    """Say whether something in the file may obey the setting."""
    if any(file.imports(module) for module in _READERS):
        return True
    if any(call.on_module for call in file.all(ApiCall)) or file.all(ModuleValue):
        return True
    for read in file.all(ModuleRead):
        if read.name in (f"openai.{setting.name}", "openai.*"):
            return True
        part = read.name.split(".")[1:2]
        if part and not read.imported and part[0] in _CALLED:
            return True
    return False

"""Global state of the SDK in code that others import."""

import re
from collections.abc import Iterator

from oai_lint.facts import ApiCall, File, ModuleSetting
from oai_lint.knowledge import legacy
from oai_lint.rule import Example, Finding, Rule, Severity

_RELATIVE = re.compile(r"^[ \t]*from \.", re.M)
_SCRIPT = re.compile(r"^if __name__ ==", re.M)


class ModuleClientInLibrary(Rule[ApiCall | ModuleSetting]):
    """A package that sets `openai.api_key`, or calls `openai.chat…`, sets it for everybody.

    The module's client and its settings are one for the whole process: a program that imports two
    such packages gets the key and the address of the last one.  A client of the package's own has
    neither trouble, and can be given by the caller.

    The rule is advice and off unless selected; scripts are left alone.

    ## References
    - https://github.com/openai/openai-python#module-level-client
    """

    code = "OAI809"
    message = "`{what}` is shared by all code of the process: a package should have its own client"
    severity = Severity.INFO
    on = False
    examples = (
        Example(
            bad=("import openai\n\nfrom .settings import KEY\n\nopenai.api_key = KEY\n"),
        ),
    )

    def check(self, fact: ApiCall | ModuleSetting, file: File) -> Iterator[Finding]:
        """Report settings of the module and calls through it in a package."""
        if not _is_library(file) or file.is_test or file.is_example:
            return
        if isinstance(fact, ModuleSetting):
            setting = legacy.SETTINGS.get(fact.name)
            if setting is not None and not setting.is_silent:
                yield self.found(fact, what=f"openai.{fact.name}")
        elif fact.on_module and not fact.legacy:
            yield self.found(fact.call.func, what=f"openai.{fact.path}", confidence=fact.confidence)


def _is_library(file: File) -> bool:
    if _SCRIPT.search(file.text):
        return False
    return file.path.endswith("__init__.py") or _RELATIVE.search(file.text) is not None

"""Files of the project that stand in for the SDK."""

# Asked of every file that imports the SDK; `pathlib` takes ten times as long as the file system.
# ruff: noqa: PTH110, PTH113, PTH118, PTH120

import re
from collections.abc import Iterator
from os.path import dirname, exists, isfile, join

from oai_lint.facts import File, SdkImport
from oai_lint.rule import Confidence, Finding, Rule, Severity

_SCRIPT = re.compile(r"^if __name__ ==", re.M)
_ROOT = (".git", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt")


class ShadowedSdk(Rule[SdkImport]):
    """`import openai` finds `openai.py` beside the script before it finds the SDK.

    Python looks in the folder of the script first.  A file or package of that name there is
    imported in place of the SDK, which shows as `AttributeError: partially initialized module
    'openai'…` or `ImportError: cannot import name 'OpenAI' from 'openai'`.  Rename it, and remove
    its `__pycache__`.

    Modules of that name inside a package (`providers/openai.py`) are fine: they have another full
    name.

    ## References
    - https://docs.python.org/3/library/sys_path_init.html
    """

    code = "OAI806"
    message = "`{name}` beside this file is imported in place of the SDK: rename it"
    severity = Severity.ERROR
    examples = ()

    def check(self, imported: SdkImport, file: File) -> Iterator[Finding]:
        """Report the first import of the SDK in a script that such a file stands beside."""
        if imported is not file.all(SdkImport)[0]:
            return
        folder = dirname(file.path)
        name = _shadow(folder)
        if not name or exists(join(folder, "__init__.py")):
            return
        if _SCRIPT.search(file.text) or any(exists(join(folder, mark)) for mark in _ROOT):
            yield self.found(imported, name=name, confidence=Confidence.HIGH)


def _shadow(folder: str) -> str:
    """Return what in a folder has the SDK's name, the SDK itself apart."""
    if isfile(join(folder, "openai.py")):
        return "openai.py"
    package = join(folder, "openai")
    if not isfile(join(package, "__init__.py")):
        return ""
    itself = any(exists(join(package, part)) for part in ("_client.py", "api_resources"))
    return "" if itself else "openai/"

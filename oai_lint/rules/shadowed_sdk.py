"""Files of the project that stand in for the SDK."""

import re
from collections.abc import Iterator
from pathlib import Path

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
        folder = Path(file.path).parent
        name = _shadow(folder)
        if not name or (folder / "__init__.py").exists():
            return
        if _SCRIPT.search(file.text) or any((folder / mark).exists() for mark in _ROOT):
            yield self.found(imported, name=name, confidence=Confidence.HIGH)


def _shadow(folder: Path) -> str:
    """Return what in a folder has the SDK's name, the SDK itself apart."""
    if (folder / "openai.py").is_file():
        return "openai.py"
    package = folder / "openai"
    if not (package / "__init__.py").is_file():
        return ""
    itself = any((package / part).exists() for part in ("_client.py", "api_resources"))
    return "" if itself else "openai/"

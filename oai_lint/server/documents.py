"""Which documents of the editor are judged, and as what kind of file."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import unquote

from oai_lint.kinds import PYTHON_SUFFIXES, Kind, kind_of

_PYTHON: Final = frozenset({"python", ""})
_ENV: Final = "dotenv"


def judged_name(uri: str, path: Path | None, language: str) -> str | None:
    """Return the name that a document goes by in the engine, which tells kinds from names.

    What the name of a file leaves open, and that of a buffer which was never saved always does,
    the language decides.  An ``.env`` file is one whatever the editor takes it for: few know it.

    Args:
        uri: the document.
        path: where it is, or None.
        language: the client's ``languageId``.

    Returns:
        A path or a name; None for what is not for us, such as a text with some other ending.
    """
    name = str(path) if path else unquote(uri).rpartition(":")[2]
    if kind_of(name) is not Kind.PYTHON or name.endswith(PYTHON_SUFFIXES) or language in _PYTHON:
        return name
    return f"{name}.env" if language == _ENV else None

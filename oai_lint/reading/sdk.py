"""The SDK's own sources, in which `openai` is not a library that is used."""

from __future__ import annotations

from pathlib import Path, PurePath

_PARTS = ("_client.py", "api_resources")


def is_sdk_source(path: str) -> bool:
    """Say whether a file belongs to the package `openai` itself, of any version."""
    if "openai" not in path:
        return False
    return any(
        folder.name == "openai" and any((Path(folder) / part).exists() for part in _PARTS)
        for folder in PurePath(path).parents
    )

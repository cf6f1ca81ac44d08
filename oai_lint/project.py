"""What the Python files of a project have in common, told without reading them closely."""

# ruff: noqa: PTH123

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from oai_lint.files import discover
from oai_lint.kinds import Kind, kind_of

if TYPE_CHECKING:
    from oai_lint.config import Config

CLIENTS: Final = frozenset({"OpenAI", "AsyncOpenAI", "AzureOpenAI", "AsyncAzureOpenAI"})
_BUILT = re.compile(rb"OpenAI\s*\(")


def all_clients_pass(keyword: str, directory: str, config: Config) -> bool:
    """Say whether there are clients below a directory and each gets an argument (or a ``**``)."""
    found = discover(
        [directory],
        lambda _: config,
        force_exclude=False,
        respect_gitignore=config.respect_gitignore,
    )
    seen = False
    for path in found.paths:
        if kind_of(path) is Kind.PYTHON:
            for call in _clients(path):
                if not any(argument.arg in (keyword, None) for argument in call.keywords):
                    return False
                seen = True
    return seen


def _clients(path: str) -> Iterator[ast.Call]:
    try:
        with open(path, "rb") as file:
            data = file.read()
        if b"openai" not in data or not _BUILT.search(data):
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else None
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name in CLIENTS:
                yield node

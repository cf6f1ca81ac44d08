"""What kind of file a path is, told from its name alone."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Kind(Enum):
    """How a file is read."""

    PYTHON = "python"
    NOTEBOOK = "jupyter"
    """Python in cells, with what IPython adds to it."""
    ENV = "dotenv"
    REQUIREMENTS = "requirements"
    """One requirement a line, as pip reads them."""
    PROJECT = "toml"
    """``pyproject.toml`` and ``Pipfile``."""
    LOCK = "lock"
    """What a tool wrote: TOML, or Pipenv's JSON."""
    CONFIGURATION = "configuration"
    """YAML, TOML, JSON or INI of whatever program: only keys are looked for, by their shape."""

    @property
    def is_code(self) -> bool:
        """Whether it is Python, in whatever wrapping."""
        return self in (Kind.PYTHON, Kind.NOTEBOOK)

    @property
    def is_manifest(self) -> bool:
        """Whether it says which packages a project runs on."""
        return self in (Kind.REQUIREMENTS, Kind.PROJECT, Kind.LOCK)


PYTHON_SUFFIXES: Final = (".py", ".pyi")
NOTEBOOK_SUFFIX: Final = ".ipynb"
CONFIGURATION_SUFFIXES: Final = (".yaml", ".yml", ".toml", ".json", ".ini", ".cfg", ".conf")

_NAMES: Final = {
    "pyproject.toml": Kind.PROJECT,
    "Pipfile": Kind.PROJECT,
    "uv.lock": Kind.LOCK,
    "poetry.lock": Kind.LOCK,
    "pdm.lock": Kind.LOCK,
    "pylock.toml": Kind.LOCK,
    "Pipfile.lock": Kind.LOCK,
}
_NO_ENV: Final = frozenset({
    "py", "pyi", "js", "cjs", "mjs", "ts", "tsx", "json", "yaml", "yml", "toml", "md", "sh",
    "gpg", "enc", "age", "asc", "vault", "swp", "zip", "gz",
})  # fmt: skip
"""Last parts of names such as ``.env.json``, which hold something else than assignments."""
_TEMPLATES: Final = frozenset({
    "example", "examples", "sample", "template", "tmpl", "tpl", "dist", "default", "defaults",
    "schema",
})  # fmt: skip


def kind_of(path: str) -> Kind:
    """Return how the file at ``path`` is read; what nobody knows is taken for Python."""
    name = path[path.replace("\\", "/").rfind("/") + 1 :]
    if name.endswith(PYTHON_SUFFIXES):
        return Kind.PYTHON
    if name.endswith(NOTEBOOK_SUFFIX):
        return Kind.NOTEBOOK
    if ".env" in name and _is_env(name):
        return Kind.ENV
    if is_requirements(name):
        return Kind.REQUIREMENTS
    if name in _NAMES:
        return _NAMES[name]
    return Kind.CONFIGURATION if name.endswith(CONFIGURATION_SUFFIXES) else Kind.PYTHON


def is_surely_python(path: str, text: str) -> bool:
    """Say whether a file taken for Python is meant as such, by its ending or its first line."""
    top = text[: text.find("\n") + 1]
    return path == "-" or path.endswith(PYTHON_SUFFIXES) or (top[:2] == "#!" and "python" in top)


def is_walked(name: str) -> bool:
    """Say whether a file of this name is taken from a directory without being asked for."""
    if name.endswith((*PYTHON_SUFFIXES, NOTEBOOK_SUFFIX)):
        return True
    kind = kind_of(name)
    return kind is not Kind.PYTHON and not (kind is Kind.ENV and is_template(name))


def is_requirements(name: str) -> bool:
    """Say whether a name is that of a list of requirements."""
    return name.startswith("requirements") and name.endswith((".txt", ".in"))


def is_template(path: str) -> bool:
    """Say whether an ``.env`` file is one to copy and fill in, by its name."""
    name = path[path.replace("\\", "/").rfind("/") + 1 :]
    return not _TEMPLATES.isdisjoint(name.lower().replace("-", ".").replace("_", ".").split("."))


def _is_env(name: str) -> bool:
    if not (name.startswith(".env.") or name.endswith(".env")):
        return False
    return name.rpartition(".")[2].lower() not in _NO_ENV

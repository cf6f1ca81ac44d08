"""The rules, one module each, named as the rule."""

from __future__ import annotations

import pkgutil
from importlib import import_module

_loaded: list[str] = []


def load() -> None:
    """Import every rule once, so that ``rule.REGISTRY`` is complete."""
    if not _loaded:
        names = sorted(module.name for module in pkgutil.iter_modules(__path__))
        for name in names:
            import_module(f"{__name__}.{name}")
        _loaded.extend(names)

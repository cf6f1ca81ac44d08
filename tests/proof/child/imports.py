"""Patches applied to a library when the program imports it, and not before.

A proof must not import a library on the program's behalf: whether `import httpx` works at all is
one of the things under test.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import TypeAlias

Patch: TypeAlias = Callable[[ModuleType], None]


class _PatchingLoader(importlib.abc.Loader):
    """The real loader of a module, followed by a patch."""

    def __init__(self, real: importlib.abc.Loader, patch: Patch) -> None:
        self._real = real
        self._patch = patch

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._real
        if module.__spec__ is not None:
            module.__spec__.loader = self._real
        with _collector_at_rest():
            self._real.exec_module(module)
        self._patch(module)


@contextlib.contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Import without collecting garbage: an SDK is so large that it takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class PatchingFinder(importlib.abc.MetaPathFinder):
    """Finds modules as Python would and adds a patch to those named."""

    def __init__(self, patches: Mapping[str, Patch]) -> None:
        self._patches = dict(patches)
        self._searching = False

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        patch = self._patches.get(fullname)
        if patch is None or self._searching:
            return None
        self._searching = True
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._searching = False
        if spec is not None and spec.loader is not None:
            spec.loader = _PatchingLoader(spec.loader, patch)
        return spec


def patch_on_import(patches: Mapping[str, Patch]) -> None:
    """Apply each patch right after its module has been imported for the first time."""
    sys.meta_path.insert(0, PatchingFinder(patches))

"""The baseline: findings that a project accepts for now, in a file that shrinks as they go.

The file is JSON, made to be committed and reviewed: for each file and rule the fingerprints of its
findings (:mod:`oai_lint.fingerprint`).  Neither line numbers nor texts are in it.
"""

# Paths are strings here, as they come from ``files``.
# ruff: noqa: PTH100, PTH118, PTH120, PTH123

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oai_lint.config import ALWAYS, ConfigError
from oai_lint.files import shown
from oai_lint.fingerprint import ALGORITHM, fingerprints

if TYPE_CHECKING:
    from oai_lint.engine import Diagnostic
    from oai_lint.source import Source

DEFAULT: Final = "oai-lint-baseline.json"
VERSION: Final = 1

_CODE = re.compile(r"OAI[0-9]{3}")
_FINGERPRINT = re.compile(r"[0-9a-f]{16}:[1-9][0-9]*")


class Entry(NamedTuple):
    """A finding that was accepted."""

    path: str
    """Absolute."""
    code: str
    fingerprint: str


@dataclass(slots=True)
class Baseline:
    """What one file says.

    Attributes:
        path: the file, absolute.
        data: what was read from it; None if there is no such file yet.
        entries: the findings that it holds.
    """

    path: str
    data: bytes | None = None
    entries: set[Entry] = field(default_factory=set)

    def rendered(self, entries: Iterable[Entry]) -> bytes:
        """Return the file with other entries."""
        files: dict[str, dict[str, list[str]]] = {}
        for path, code, fingerprint in sorted(entries, key=_order):
            name = os.path.relpath(path, os.path.dirname(self.path)).replace(os.sep, "/")
            files.setdefault(name, {}).setdefault(code, []).append(fingerprint)
        content = {"version": VERSION, "fingerprints": ALGORITHM, "findings": files}
        return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode(
            errors="surrogatepass"
        )


def _order(entry: Entry) -> tuple[str, str, str, int]:
    digest, _, count = entry.fingerprint.partition(":")
    return entry.path, entry.code, digest, int(count)


@dataclass(slots=True)
class Sifted:
    """What became of the findings of a run.

    Attributes:
        left: the findings of each result that are in no baseline.
        known: the entries found again, where they are now.
        stale: the entries whose finding is gone.
        untouched: the entries that this run could not judge.
    """

    left: list[list[Diagnostic]]
    known: set[Entry]
    stale: list[Entry]
    untouched: set[Entry]

    @property
    def kept(self) -> set[Entry]:
        """The entries that the baseline is to keep."""
        return self.known | self.untouched


def read(path: str, *, required: bool = True) -> Baseline:
    """Read a baseline.

    Args:
        path: the file.
        required: whether it has to be there.

    Raises:
        ConfigError: it is not there, cannot be read, or holds what no baseline holds.
    """
    path = os.path.abspath(path)
    name = shown(path)
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        if required:
            raise ConfigError(
                f"{name}: there is no such baseline; `--write-baseline={name}` writes it"
            ) from None
        return Baseline(path)
    except OSError as error:
        raise ConfigError(f"{name}: the baseline cannot be read: {error.strerror}") from None
    try:
        content = json.loads(data.decode(errors="surrogatepass"), object_pairs_hook=_unique)
        return Baseline(path, data, set(_entries(content, os.path.dirname(path))))
    except json.JSONDecodeError as error:
        conflict = b"\n<<<<<<< " in data
        reason = "a merge left conflict marks" if conflict else f"not valid JSON: {error.msg}"
        line = data[: data.index(b"\n<<<<<<< ")].count(b"\n") + 2 if conflict else error.lineno
        raise ConfigError(f"{name}:{line}: {reason}{_REMEDY}") from None
    except RecursionError:
        raise ConfigError(f"{name}: not valid JSON: nested too deeply{_REMEDY}") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{name}:{line}: not valid JSON: not UTF-8{_REMEDY}") from None
    except ValueError as error:  # ours, or of a number of thousands of digits
        raise ConfigError(f"{name}: {error}{_REMEDY}") from None


_REMEDY = "; mend the baseline, or delete it and write it again"


class _BadEntryError(ValueError):
    """What is wrong, with the key."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _BadEntryError(f"`{twice}` is there twice")
    return found


def _entries(content: Any, directory: str) -> Iterable[Entry]:
    if not isinstance(content, dict):
        raise _BadEntryError("a baseline is an object with `version` and `findings`")
    for key in content:
        if key not in ("version", "fingerprints", "findings"):
            raise _BadEntryError(f"unknown key `{key}`")
    for key, meant in (("version", VERSION), ("fingerprints", ALGORITHM)):
        if key not in content:
            raise _BadEntryError(f"`{key}` is missing")
        if content[key] != meant or isinstance(content[key], bool):
            raise _BadEntryError(
                f"`{key}`: this oai-lint reads {json.dumps(meant)}, not {json.dumps(content[key])}"
            )
    if "findings" not in content:
        raise _BadEntryError("`findings` is missing")
    for name, codes in _table(content["findings"], "findings").items():
        path = os.path.normpath(os.path.join(directory, name))
        for code, listed in _table(codes, f"findings.{name}").items():
            key = f"findings.{name}.{code}"
            if not _CODE.fullmatch(code):
                raise _BadEntryError(f"`{key}`: `{code}` is no rule's code")
            if not isinstance(listed, list):
                raise _BadEntryError(f"`{key}`: must be a list of fingerprints")
            for fingerprint in listed:
                if not isinstance(fingerprint, str) or not _FINGERPRINT.fullmatch(fingerprint):
                    raise _BadEntryError(f"`{key}`: {json.dumps(fingerprint)} is no fingerprint")
                yield Entry(path, code, fingerprint)


def _table(value: Any, key: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _BadEntryError(f"`{key}`: must be an object")
    return value


def sift(
    baseline: Baseline,
    results: Sequence[tuple[Source, Sequence[Diagnostic]]],
    judged: Callable[[Entry], bool],
) -> Sifted:
    """Tell findings that the baseline holds from new ones.

    Entries of a file that is gone also excuse the same findings elsewhere: it was renamed.

    Args:
        baseline: what was accepted.
        results: each file of the run with its findings.
        judged: whether this run would have found what an entry says if it were still there.
    """
    found = entries(results)
    waiting = set(baseline.entries)
    new: list[list[tuple[Diagnostic, Entry]]] = []
    known: set[Entry] = set()
    for items in found:
        rest = []
        for item, entry in items:
            if entry in waiting and acceptable(item):
                waiting.discard(entry)
                known.add(entry)
            else:
                rest.append((item, entry))
        new.append(rest)
    moved: dict[tuple[str, str], list[Entry]] = {}
    for entry in sorted(waiting):
        if not os.path.lexists(entry.path):
            moved.setdefault(entry[1:], []).append(entry)
    left: list[list[Diagnostic]] = []
    for items in new:
        left.append([])
        for item, entry in items:
            sources = moved.get(entry[1:])
            if sources and acceptable(item):
                waiting.discard(sources.pop())
                known.add(entry)
            else:
                left[-1].append(item)
    stale = sorted(entry for entry in waiting if judged(entry))
    return Sifted(left, known, stale, waiting.difference(stale))


def acceptable(item: Diagnostic) -> bool:
    """Say whether a baseline may hold a finding: not one that says that a file is not judged."""
    return item.code not in ALWAYS


def entries(
    results: Sequence[tuple[Source, Sequence[Diagnostic]]],
) -> list[list[tuple[Diagnostic, Entry]]]:
    """Return the findings of each result, each with the entry that would accept it."""
    return [
        [
            (item, Entry(os.path.abspath(source.path), item.code, fingerprint))
            for item, fingerprint in zip(
                diagnostics, fingerprints(source, diagnostics), strict=True
            )
        ]
        for source, diagnostics in results
    ]

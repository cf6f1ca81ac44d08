"""How text changes: what a rule asks for, in terms of nodes, and the text edits it becomes.

A rule builds :data:`Change` objects from what its facts hand out (``argument.drop()``,
``call.insert("timeout=60")``); ``reading.lowering`` turns them into :class:`Edit` objects once the
flagged nodes have positions.  Nothing is ever rendered from a tree, so all that no edit covers
stays identical to the byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

Node = Any
"""A node of the syntax tree, opaque outside ``reading``."""

Piece = str | Node
"""Text as it is, or a node whose source text is to stand there."""


class Safety(IntEnum):
    """How far a fix may be trusted; what ``--fix`` applies is ``SAFE``."""

    SHOW = 0
    UNSAFE = 1
    SAFE = 2


@dataclass(frozen=True, slots=True)
class Span:
    """A range of offsets, for findings about text that no node holds (comments)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text from ``start`` to ``end`` (offsets into ``Source.text``) by ``text``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """What to do about a finding, as edits of one file."""

    title: str
    edits: tuple[Edit, ...]
    safety: Safety


@dataclass(frozen=True, slots=True)
class Replace:
    """Write ``pieces`` where ``node`` (or a span) stands."""

    node: Node
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Rename:
    """Write another last name in a dotted path: ``a.b.old`` becomes ``a.b.name``."""

    node: Node
    name: str


@dataclass(frozen=True, slots=True)
class Tail:
    """Write ``pieces`` over all of ``node`` that follows ``owner``: ``r["a"]`` becomes ``r.a``.

    ``opening`` is written before ``node``: ``d.get("a", 1)`` becomes ``(d.a or 1)``.
    """

    node: Node
    owner: Node
    pieces: tuple[Piece, ...]
    opening: str = ""


@dataclass(frozen=True, slots=True)
class Lead:
    """Write ``pieces`` over all of ``node`` that stands before ``owner``."""

    node: Node
    owner: Node
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Drop:
    """Take an item out of its list: an argument, a dict entry, an imported name, an element."""

    item: Node


@dataclass(frozen=True, slots=True)
class Insert:
    """Add ``pieces`` as the last argument of ``call`` (or the first, with ``first``).

    ``call`` may be a dict literal too, which gets them as its last entry.
    """

    call: Node
    pieces: tuple[Piece, ...]
    first: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove a whole statement, its line included; the last one of a block becomes ``pass``."""

    statement: Node


@dataclass(frozen=True, slots=True)
class Before:
    """Put ``lines`` on lines of their own before ``statement``, at its indentation."""

    statement: Node
    lines: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class After:
    """Put ``lines`` on lines of their own after ``statement``, at its indentation."""

    statement: Node
    lines: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class Enclose:
    """Put the statements from ``first`` to ``last`` (siblings) under ``header``, one level in.

    With ``replace_first`` the header takes the place of ``first``.
    """

    first: Node
    last: Node
    header: tuple[Piece, ...]
    replace_first: bool = False


@dataclass(frozen=True, slots=True)
class Unwrap:
    """Write ``lines`` for the head of a compound statement and its body one level out.

    ``statement`` has one block only: a ``with``, an ``if`` without ``else``; or ``block`` is the
    ``else`` whose block is to stay, and the others go with the head.  What other changes of
    the same fix do in the body and before the statement moves along; in the head it is dropped.
    """

    statement: Node
    lines: tuple[tuple[Piece, ...], ...] = ()
    block: Node | None = None


@dataclass(frozen=True, slots=True)
class Recast:
    """Write ``header`` for the head of a compound statement and its first inner statement.

    ``clause`` (a ``finally``) goes: ``try:`` with a body becomes ``with``.
    """

    statement: Node
    first: Node
    header: tuple[Piece, ...]
    clause: Node


@dataclass(frozen=True, slots=True)
class Move:
    """Exchange whole blocks (such as ``except`` clauses): ``blocks`` are written as ``order``.

    The blocks follow one another; what other changes of the same fix do inside them moves along,
    and so do the comments above and behind them.
    """

    blocks: tuple[Node, ...]
    order: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """Make sure that ``import module`` (or ``from module import name``) is there."""

    module: str
    name: str | None = None


Change = (
    Replace
    | Rename
    | Tail
    | Lead
    | Drop
    | Insert
    | Delete
    | Before
    | After
    | Enclose
    | Unwrap
    | Recast
    | Move
    | Import
)


def apply(text: str, fixes: Iterable[Sequence[Edit]]) -> tuple[str, list[int]]:
    """Apply the fixes that do not overlap an earlier one; each goes in whole or not at all.

    Identical edits (two findings that want the same import) are made once.

    Returns:
        The new text and the indices of the fixes that were applied.
    """
    taken, applied = compatible(fixes)
    return written(text, taken), applied


def compatible(fixes: Iterable[Sequence[Edit]]) -> tuple[list[Edit], list[int]]:
    """Return the edits that :func:`apply` makes, and the indices of the fixes they belong to."""
    taken: list[Edit] = []
    applied: list[int] = []
    candidates = sorted(
        (item for item in enumerate(fixes) if item[1]),
        key=lambda item: min((edit.start, edit.end) for edit in item[1]),
    )
    for index, edits in candidates:
        fresh = [edit for edit in edits if edit not in taken]
        if any(_clash(edit, other) for edit in fresh for other in taken):
            continue
        taken.extend(fresh)
        applied.append(index)
    return taken, sorted(applied)


def written(text: str, edits: Iterable[Edit]) -> str:
    """Return ``text`` after edits, no two of which overlap."""
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        pieces += (text[position : edit.start], edit.text)
        position = edit.end
    pieces.append(text[position:])
    return "".join(pieces)


def _clash(one: Edit, other: Edit) -> bool:
    if (one.start, one.end) == (other.start, other.end):  # also two insertions at one place
        return True
    if _grows_from(one, other) or _grows_from(other, one):
        return True
    return one.start < other.end and other.start < one.end


def _grows_from(one: Edit, other: Edit) -> bool:
    """Say whether an insertion leans on what another edit deletes, as ``, b`` does on ``a``."""
    inserts = one.start == one.end
    return inserts and not other.text and one.start in (other.start, other.end)


def shared(one: Sequence[object], other: Sequence[object]) -> int:
    """Return how many items two sequences have in common at their start.

    Halves are compared as a whole: text is typed into long files, and item by item takes its time.
    """
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one[least:middle] == other[least:middle]:
            least = middle
        else:
            most = middle - 1
    return least

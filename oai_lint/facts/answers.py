"""Facts about how the answers of requests made by hand are read."""

from __future__ import annotations

from dataclasses import dataclass

from oai_lint.patch import Node


@dataclass(frozen=True, slots=True, eq=False)
class StatusCheck:
    """An ``if`` that leaves when an answer's status is no success.

    ``if answer.status_code != 200: raise …``, without ``else``, right behind the statement that may
    get the answer, or first under a ``with``.

    Attributes:
        node: the ``if`` statement.
        test: its test.
        owner: the name in the test.
        behind: the statement before it, or that ``with``.
    """

    node: Node
    test: Node
    owner: Node
    behind: Node


@dataclass(frozen=True, slots=True, eq=False)
class SuccessBranch:
    """An ``if`` that asks whether an answer's status is success: ``answer.status_code == 200``.

    Attributes:
        node: the ``if`` statement.
        test: its test.
        owner: the name in the test.
        body: the block for success.
    """

    node: Node
    test: Node
    owner: Node
    body: Node


@dataclass(frozen=True, slots=True, eq=False)
class EventLoop:
    """A loop that takes server-sent events out of the lines of an answer.

    Attributes:
        node: the loop.
        target: the name of a line.
        lines: what is iterated, ``answer.iter_lines()``.
        owner: the answer in it.
        parsed: the ``json.loads(…)`` of an event's data.
        drops: statements that only get at the data: ``if not line: continue``, ``line =
            line.decode()``, ``if data == "[DONE]": break``.
        wraps: ``if`` statements round the rest that only ask whether a line holds data, each with
            its ``else`` if the rest stands there.
    """

    node: Node
    target: Node
    lines: Node
    owner: Node
    parsed: Node
    drops: tuple[Node, ...]
    wraps: tuple[tuple[Node, Node | None], ...]

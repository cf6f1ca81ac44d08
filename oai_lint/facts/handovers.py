"""Facts about results of API calls that go to code which knows dictionaries only."""

from __future__ import annotations

from dataclasses import dataclass

from oai_lint.patch import Node


@dataclass(frozen=True, slots=True, eq=False)
class Handover:
    """A result, or an object in it, given to what works with dictionaries only.

    That is a list that holds dictionaries, ``json.dumps``, ``dict``, ``**`` and a method of 0.x.

    Attributes:
        node: the name, attribute, subscript or call that is given; ``.x`` can be written behind it.
        origin: the API call's path and the steps from its result to the node.
        made: the API call's node.
        copy: the call of ``dict``, or of the method, that only makes a dict of the node.
    """

    node: Node
    origin: str
    made: Node
    copy: Node | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MixedRead:
    """A read in the manner of a dict of what is an API call's result in some cases only.

    Attributes:
        node: the subscript, or the call of ``.get``.
        made: the API calls whose results it may read; none is read by attribute anywhere.
    """

    node: Node
    made: tuple[Node, ...]

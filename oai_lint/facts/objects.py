"""Facts about the classes of a file."""

from __future__ import annotations

from dataclasses import dataclass

from oai_lint.patch import Node


@dataclass(frozen=True, slots=True, eq=False)
class ObjectSetting:
    """An attribute that ``__init__`` sets once, in all cases, and nothing of the class sets again.

    Attributes:
        node: the statement of ``__init__``.
        attribute: how the methods read it: ``self.api_key``.
        methods: the methods of the class that are called on its objects.
    """

    node: Node
    attribute: str
    methods: frozenset[Node]

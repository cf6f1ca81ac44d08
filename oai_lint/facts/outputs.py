"""Facts about what becomes of the text that a model wrote."""

from __future__ import annotations

from dataclasses import dataclass

from oai_lint.facts.file import Site
from oai_lint.patch import Node


@dataclass(frozen=True, slots=True, eq=False)
class Execution:
    """A call that runs text which comes from a response of the API.

    Attributes:
        node: the argument.
        function: what is called: ``exec``, ``subprocess.run``.
        asked: whether somebody is asked before, as far as the names of conditions tell.
    """

    node: Node
    function: str
    asked: bool
    site: Site


@dataclass(frozen=True, slots=True, eq=False)
class ContentRead:
    """A use as text of a message's content, which may be None.

    Attributes:
        node: the use: ``content.strip()``, ``content + "…"``.
        what: how it is used.
        checked: whether a condition round it looks at the content.
    """

    node: Node
    what: str
    checked: bool
    site: Site

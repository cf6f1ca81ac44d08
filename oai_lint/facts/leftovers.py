"""Facts about what a migration leaves: uses of SDK 0.x that no fix can be trusted with."""

from __future__ import annotations

from dataclasses import dataclass

from oai_lint.facts.file import Site
from oai_lint.patch import Node


@dataclass(frozen=True, slots=True, eq=False)
class Leftover:
    """A place that may still mean SDK 0.x.

    Attributes:
        node: the place.
        kind: ``class``, a class of 0.x that is named but not called; ``replaced``, one whose
            method is assigned; ``guarded``, code for some versions only; ``built``, an error that
            is built without what it takes since 1.0; ``covered``, a test by ``isinstance`` that
            an earlier one leaves nothing for since then; ``setting``, one of the module whose name
            is worked out; ``text``, the path of a name of 0.x in a
            text; ``read``, a read in the manner of a dict of what may be a response.
        name: what it is about: the class, the key.
    """

    node: Node
    kind: str
    name: str
    site: Site

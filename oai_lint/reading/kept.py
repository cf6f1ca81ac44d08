"""What becomes of an object that is kept in an attribute, in all methods of its class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import libcst as cst

from oai_lint.reading.lifetime import Fate, consumed, told
from oai_lint.reading.tree import dotted

if TYPE_CHECKING:
    from oai_lint.facts.lifetime import Lifetime
    from oai_lint.reading import Reading

_NO_BASES: Final = frozenset({"object", "ABC", "abc.ABC"})


def kept(reading: Reading, node: cst.CSTNode) -> Lifetime | None:
    """Follow what an expression makes where ``self.x = …`` is all that is done with it.

    None where not all is seen that becomes of it: the class has a base or is one, the attribute is
    set more than once, or is read off something else than ``self``.
    """
    tree = reading.tree
    parent = tree.parents.get(node)
    if not isinstance(parent, cst.Assign) or len(parent.targets) != 1:
        return None
    target = parent.targets[0].target
    path, owner = dotted(target) or "", tree.class_of(target)
    if not path.startswith("self.") or path.count(".") > 1 or owner is None:
        return None
    if any(dotted(base.value) not in _NO_BASES for base in owner.bases):
        return None
    if any(owner.name.value == base for base in _bases(reading)):
        return None
    fate = Fate(names=[path])
    for use in tree.nodes.get(cst.Attribute, ()):
        assert isinstance(use, cst.Attribute)
        if use is target or f"self.{use.attr.value}" != path:
            continue
        home = tree.class_of(use)
        if dotted(use) == path and home is not owner and home is not None:
            continue  # another class has one of that name
        bound = isinstance(tree.parents.get(use), (cst.AssignTarget, cst.AnnAssign, cst.Del))
        if dotted(use) != path or home is not owner or bound:
            return None
        fate.uses.append(use)
        consumed(reading, use, fate, path)
    return told(reading, node, fate)


def _bases(reading: Reading) -> Iterator[str]:
    """Yield the names of all that classes of the file derive from."""
    for node in reading.tree.nodes.get(cst.ClassDef, ()):
        assert isinstance(node, cst.ClassDef)
        yield from ((dotted(base.value) or "").rpartition(".")[2] for base in node.bases)

"""What classes set on their objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from oai_lint.facts.objects import ObjectSetting
from oai_lint.reading.tree import dotted

if TYPE_CHECKING:
    from oai_lint.reading import Reading

_UNBOUND = frozenset({"staticmethod", "classmethod"})


def object_settings(reading: Reading) -> Iterator[ObjectSetting]:
    """Yield the attributes that objects of a class have from the start and keep."""
    for node in reading.tree.nodes.get(cst.ClassDef, ()):
        assert isinstance(node, cst.ClassDef)
        methods = [
            item
            for item in node.body.body
            if isinstance(item, cst.FunctionDef)
            and _owner(item) == "self"
            and not any(dotted(d.decorator) in _UNBOUND for d in item.decorators)
        ]
        made = next((method for method in methods if method.name.value == "__init__"), None)
        if made is None:
            continue
        times = Counter(
            dotted(target)
            for kind in (cst.AssignTarget, cst.AnnAssign, cst.AugAssign)
            for holder in reading.tree.nodes.get(kind, ())
            if reading.tree.inside(holder, node)
            for target in [getattr(holder, "target", None)]
            if target is not None
        )
        for line in made.body.body:
            if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
                continue
            small = line.body[0]
            target = _target(small)
            path = dotted(target) if target is not None else None
            if path is not None and path.startswith("self.") and times[path] == 1:
                yield ObjectSetting(small, path, frozenset(methods))


def _owner(method: cst.FunctionDef) -> str:
    parameters = (*method.params.posonly_params, *method.params.params)
    return parameters[0].name.value if parameters else ""


def _target(small: cst.BaseSmallStatement) -> cst.BaseExpression | None:
    if isinstance(small, cst.Assign) and len(small.targets) == 1:
        return small.targets[0].target
    if isinstance(small, cst.AnnAssign) and small.value is not None:
        return small.target
    return None

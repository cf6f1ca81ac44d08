"""The page of a rule: what a hover shows and where a diagnostic's code leads."""

from __future__ import annotations

from typing import Any

from oai_lint.config import known
from oai_lint.explain import explain
from oai_lint.report.places import url as page_url
from oai_lint.rule import Rule

__all__ = ["page", "page_url", "rule_called"]


def rule_called(selector: str) -> type[Rule[Any]] | None:
    """Return the rule with this code or name."""
    rules = known()
    found = rules.get(selector) or rules.get(selector.upper())
    return found or next((rule for rule in rules.values() if rule.name == selector), None)


def page(rule: type[Rule[Any]]) -> str:
    """Return a rule's page in Markdown, as ``oai-lint rule`` prints it."""
    return "".join(explain(rule.code, as_json=False))

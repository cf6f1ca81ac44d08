"""Generated pages are current, and the README's commands and settings are real."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from oai_lint import docs, rules
from oai_lint.patch import Safety
from oai_lint.rule import REGISTRY, Rule

rules.load()
ROOT = Path(__file__).parent.parent
ELSEWHERE = {"shadowed-sdk": "test_shadowed.py"}
"""Rules that judge the files around a file, which a case cannot show."""
RULES = [pytest.param(rule, id=rule.name) for _, rule in sorted(REGISTRY.items())]


def test_pages_are_current() -> None:
    left = [str(path.relative_to(ROOT)) for path in docs.stale()]
    assert not left, f"run `python -m oai_lint.docs`: {left}"


@pytest.mark.parametrize("rule", RULES)
def test_rule_is_documented(rule: type[Rule[Any]]) -> None:
    text = inspect.cleandoc(rule.__doc__ or "")
    first = text.partition("\n")[0]
    assert first.endswith(".") and len(first) > 20, "the first line is a sentence"
    assert re.search(r"^## References\n(?:.*\n)*?- https://", text + "\n", re.M)
    assert bool(rule.fixes) == ("## Fix safety" in text), "prose on fix safety iff there is a fix"


@pytest.mark.parametrize("rule", RULES)
def test_rule_has_its_file_its_code_and_its_cases(rule: type[Rule[Any]]) -> None:
    assert re.fullmatch(r"OAI\d{3}", rule.code)
    assert rule.name == rule.__module__.rpartition(".")[2].replace("_", "-")
    if rule.facts and rule.name not in ELSEWHERE:
        assert (ROOT / "tests" / "rules" / f"{rule.name}.md").is_file()
        assert rule.examples
        assert any(e.good for e in rule.examples) == (
            bool(rule.fixes) and rule.safety is not Safety.SHOW
        ), "an example shows the fix iff there is one"


def test_case_files_belong_to_rules() -> None:
    assert all((ROOT / "tests" / name).is_file() for name in ELSEWHERE.values())
    names = {rule.name for rule in REGISTRY.values()}
    assert {path.stem for path in (ROOT / "tests" / "rules").glob("*.md")} <= names


def test_symptoms_name_rules_of_the_catalogue() -> None:
    for causes in docs.SYMPTOMS.values():
        for name in causes:
            assert re.fullmatch(r"[a-z]+(-[a-z]+)+", name)


def test_readme_settings_are_accepted(tmp_path: Path) -> None:
    from oai_lint import settings

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```toml\n(\[tool\.oai-lint\].*?)```", readme, re.S)
    assert block is not None
    keys = tomllib.loads(block[1])["tool"]["oai-lint"]
    assert set(keys) <= set(settings.KEYS)


def test_readme_shows_both_commands_first() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme.index("make demo") < readme.index("make test") < readme.index("pip install")
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")

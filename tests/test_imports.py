"""Who may import what, seen in fresh interpreters; and what a run without OpenAI code loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from oai_lint.report import FORMATS
from tests.command import ROOT, environment, oai_lint

HEAVY = {"click", "httpx", "libcst", "lsprotocol", "packaging", "pathspec", "pygls", "rich"}
"""What costs more to import than the interpreter to start."""

RULES = sorted(path.stem for path in (ROOT / "oai_lint" / "rules").glob("[!_]*.py"))
KNOWLEDGE = sorted(path.stem for path in (ROOT / "oai_lint" / "knowledge").glob("[!_]*.py"))
READING = sorted(path.stem for path in (ROOT / "oai_lint" / "reading").glob("[!_]*.py"))


def loaded(*modules: str) -> set[str]:
    """Import modules in an interpreter of their own and return all that it then holds."""
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def ours(modules: set[str]) -> set[str]:
    return {name for name in modules if name.startswith("oai_lint.")}


def test_gate_imports_nothing_of_ours_and_nothing_heavy() -> None:
    modules = loaded("oai_lint.gate")
    assert ours(modules) == {"oai_lint.gate"}
    assert not modules & (HEAVY | {"dataclasses", "pathlib", "typing", "tomllib"})


@pytest.mark.parametrize(
    ("modules", "never"),
    [
        (["oai_lint.facts", "oai_lint.rule", "oai_lint.patch"], HEAVY | {"oai_lint.reading"}),
        ([f"oai_lint.knowledge.{name}" for name in KNOWLEDGE], HEAVY | {"oai_lint.engine"}),
        ([f"oai_lint.rules.{name}" for name in RULES], HEAVY | {"oai_lint.engine"}),
        ([f"oai_lint.reading.{name}" for name in READING], {"oai_lint.rules", "oai_lint.engine"}),
        (["oai_lint.source", "oai_lint.target", "oai_lint.config"], HEAVY),
        (["oai_lint.settings", "oai_lint.resolving", "oai_lint.files"], HEAVY),
        (["oai_lint.engine", "oai_lint.suppress", "oai_lint.runner"], HEAVY),
        (["oai_lint.report", "oai_lint.checking", "oai_lint.options"], HEAVY),
        (["oai_lint.explain"], HEAVY),
        (["oai_lint.cli"], HEAVY - {"click"}),
        (["oai_lint.__main__"], HEAVY | {"dataclasses", "pathlib"}),
    ],
    ids=lambda value: value[0].removeprefix("oai_lint.") if isinstance(value, list) else "",
)
def test_layers(modules: list[str], never: set[str]) -> None:
    assert modules
    found = loaded(*modules)
    assert found >= set(modules)
    assert not found & never


def test_server_loads_the_parser_only_with_a_document() -> None:
    found = loaded("oai_lint.server.app")
    assert "pygls" in found
    assert "libcst" not in found


ASIDE = "import sys; sys.argv[0] = 'oai-lint'; from oai_lint.__main__ import main; main()"
AFTER = "; print(*sys.modules, file=sys.stderr)"


@pytest.mark.parametrize("options", [[], ["--fix"], ["--fix", "--unsafe-fixes", "-q", "-e"]])
def test_a_run_without_openai_code_loads_nothing(tmp_path: Path, options: list[str]) -> None:
    names = [f"f{number}.py" for number in range(10)]
    for name in names:
        (tmp_path / name).write_text("import requests\n\nprint(requests.get('https://x'))\n")
    done = oai_lint(tmp_path, "check", *options, *names, prefix=("-c", ASIDE + AFTER))
    assert done.returncode == 0
    modules = set(done.stderr.split())
    assert ours(modules) == {"oai_lint.__main__", "oai_lint.gate"}
    assert not modules & (HEAVY | {"dataclasses", "pathlib", "argparse", "json", "tomllib"})


def test_reports_of_nothing_load_no_rules(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import requests\n")
    outputs = [f"--output={name}={name}.out" for name in FORMATS]
    done = oai_lint(tmp_path, "check", "a.py", *outputs, prefix=("-c", ASIDE + AFTER))
    assert done.returncode == 0
    modules = set(done.stderr.split())
    assert "oai_lint.report.sarif" in modules
    assert not modules & (HEAVY - {"click"})
    assert not {name for name in modules if name.startswith("oai_lint.rules.")}


def test_a_piped_run_with_findings_does_without_rich(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import openai\nopenai.OpenAI('k')\n")
    done = oai_lint(tmp_path, "check", "--select", "OAI111", prefix=("-c", ASIDE + AFTER))
    assert "OAI111" in done.stdout
    modules = set(done.stderr.split())
    assert "libcst" in modules
    assert not modules & {"rich", "pygls", "lsprotocol", "httpx", "libcst.matchers", "pathspec"}

"""The action and the snippets of docs/ci.md, held to the tools of those who run them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command import FAULT, ROOT, environment
from tests.report.tools import actionlint

ACTION = ROOT / "action.yml"
GUIDE = ROOT / "docs" / "ci.md"
SNIPPETS: Mapping[str, str] = dict(
    re.findall(
        r"^`([^`\n]+)`:\n\n```\w+\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.M | re.S
    )
)
WORKFLOWS = sorted(name for name in SNIPPETS if name.startswith(".github/workflows/"))

# The commit that will be a release cannot be known before: our own action goes by its tag.
ZIZMOR = 'rules: {unpinned-uses: {config: {policies: {"oai-lint/*": ref-pin, "*": hash-pin}}}}'


@pytest.fixture
def here(tmp_path: Path) -> Path:
    for name, text in SNIPPETS.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "zizmor.yml").write_text(ZIZMOR)
    return tmp_path


def tool(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program that is installed beside Python."""
    return subprocess.run(
        [Path(sys.executable).with_name(name), *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def schema_says(schema: str, path: Path) -> str:
    options = ["--regex-variant", "nonunicode"]
    if schema in ("azure-pipelines", "gitlab-ci"):
        options += ["--data-transform", schema]
    done = tool("check-jsonschema", *options, "--builtin-schema", f"vendor.{schema}", path)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def zizmor_says(path: Path, config: Path) -> str:
    done = tool("zizmor", "--offline", "--no-progress", "--config", config, path)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_every_system_has_a_snippet() -> None:
    assert len(WORKFLOWS) == 2
    assert SNIPPETS.keys() - set(WORKFLOWS) == {
        ".gitlab-ci.yml",
        "Jenkinsfile",
        "azure-pipelines.yml",
    }


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflows(here: Path, name: str) -> None:
    done = actionlint(here / name)
    assert done.returncode == 0, done.stdout + done.stderr
    assert schema_says("github-workflows", here / name) == ""
    assert zizmor_says(here / name, here / "zizmor.yml") == ""


def test_the_tools_would_object(here: Path) -> None:
    path = here / WORKFLOWS[0]
    text = path.read_text()
    path.write_text(text.replace("runs-on:", "run-on:"))
    assert actionlint(path).returncode != 0
    assert schema_says("github-workflows", path)
    path.write_text(text.replace("persist-credentials: false", "fetch-depth: 0"))
    assert "artipacked" in zizmor_says(path, here / "zizmor.yml")


@pytest.mark.parametrize(
    ("schema", "name"),
    [("gitlab-ci", ".gitlab-ci.yml"), ("azure-pipelines", "azure-pipelines.yml")],
)
def test_other_systems(here: Path, schema: str, name: str) -> None:
    assert schema_says(schema, here / name) == ""
    (here / name).write_text(SNIPPETS[name].replace("script:", "scrpt:"))
    assert schema_says(schema, here / name)


def test_the_action_fits_its_schema_and_is_safe(here: Path) -> None:
    assert schema_says("github-actions", ACTION) == ""
    assert zizmor_says(ACTION, here / "zizmor.yml") == ""


def action() -> Any:
    return yaml.safe_load(ACTION.read_text(encoding="utf-8"))


def test_inputs_are_those_of_the_guide() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (?:`([^`]*)`)? ?\|", GUIDE.read_text(), re.M)
    assert rows == [(name, given["default"]) for name, given in action()["inputs"].items()]
    for name in WORKFLOWS:
        steps = yaml.safe_load(SNIPPETS[name])["jobs"]["oai-lint"]["steps"]
        used = {key for step in steps if "oai-lint" in step["uses"] for key in step["with"]}
        assert used <= action()["inputs"].keys()


def test_the_guide_names_every_format() -> None:
    from oai_lint.report import FORMATS

    table = GUIDE.read_text().partition("## Formats")[2]
    rows = re.findall(r"^\| (`.*?`) \|", table, re.M)
    assert sorted(name for row in rows for name in re.findall("`(.*?)`", row)) == sorted(FORMATS)


def commands(name: str) -> list[str]:
    """Return the runs of oai-lint in a snippet, as arguments after the program."""
    return re.findall(r"oai-lint (check [^'\n]*)", SNIPPETS[name])


@pytest.mark.parametrize("name", sorted(SNIPPETS.keys() - set(WORKFLOWS)))
def test_commands_write_what_the_snippet_collects(tmp_path: Path, name: str) -> None:
    (tmp_path / "app.py").write_text(FAULT)
    (command,) = commands(name)
    done = subprocess.run(
        [sys.executable, "-m", "oai_lint", *command.split()],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    (report,) = re.findall(r"=(\S+)", command)
    assert SNIPPETS[name].count(report) == 2  # it is written, and it is taken
    assert "OAI111" in (tmp_path / report).read_text()


class Step:
    """The step of the action that runs oai-lint, run as a runner would."""

    def __init__(self, folder: Path, **inputs: str) -> None:
        (step,) = (step for step in action()["runs"]["steps"] if step.get("id") == "lint")
        self.folder = folder
        given = {name: value["default"] for name, value in action()["inputs"].items()} | {
            name.replace("_", "-"): value for name, value in inputs.items()
        }
        program = folder / "oai lint"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m oai_lint "$@"\n')
        program.chmod(0o755)
        values = {f"inputs.{name}": value for name, value in given.items()}
        values["steps.install.outputs.program"] = str(program)
        files = {
            name: str(folder / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
        }
        variables = {
            name: re.sub(r"\$\{\{ (.*?) \}\}", lambda match: values[match[1]], text)
            for name, text in step["env"].items()
        }
        script = folder / "script.sh"
        script.write_text(step["run"])
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=folder / "project",
            env={**environment(RUNNER_TEMP=str(folder), **files), **variables},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    def file(self, name: str) -> str:
        path = self.folder / name
        return path.read_text() if path.exists() else ""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("project/src", "project/my code"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "project/src/app.py").write_text(FAULT)
    (tmp_path / "project/my code/app.py").write_text(FAULT)
    return tmp_path


def test_the_action_annotates_and_summarises(project: Path) -> None:
    step = Step(project)
    assert step.code == 1
    assert step.out.count("::error title=oai-lint (OAI111)") == 2
    assert "--> src/app.py:3:24" in step.out
    assert step.file("github_step_summary").startswith("### oai-lint: ")
    assert step.file("github_output") == ""


def test_the_action_takes_paths_options_and_switches(project: Path) -> None:
    step = Step(
        project,
        paths="my code\n",
        args="--select OAI111\n--exit-zero  --quiet",
        annotations="false",
        summary="false",
        upload_sarif="true",
    )
    assert step.code == 0
    assert "--> my code/app.py:3:24" in step.out
    assert "src/app.py" not in step.out
    assert "::error" not in step.out
    assert step.file("github_step_summary") == ""
    log = project / "oai-lint.sarif"
    assert step.file("github_output") == f"sarif-file={log}\n"
    (result,) = json.loads(log.read_text())["runs"][0]["results"]
    assert result["ruleId"] == "OAI111"


def test_the_action_gives_the_log_even_of_a_run_that_fails(project: Path) -> None:
    step = Step(project, sarif_file="out/log.sarif", paths="src\ngone")
    assert step.code == 2
    assert "gone" in step.err
    assert step.file("github_output") == f"sarif-file={project}/project/out/log.sarif\n"
    assert Step(project, args="--no-such-option", sarif_file="none.sarif").code == 2
    assert "none.sarif" not in step.file("github_output")
    assert not (project / "project/none.sarif").exists()

"""Other ways in: flake8, completion, the schema of the settings, watching."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from oai_lint import schema, settings
from oai_lint.config import ConfigError
from tests.command import FAULT, MENDED, ROOT, RULES, environment, oai_lint

EXAMPLE = ROOT / "examples" / "support-desk"


# -- flake8 ----------------------------------------------------------------------------------------


def flake8(cwd: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flake8", "--isolated", "--select", "OAI", *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env=environment(),
        text=True,
        check=False,
    )


def test_flake8_reports_what_check_reports(tmp_path: Path) -> None:
    project = tmp_path / "desk"
    shutil.copytree(EXAMPLE, project)
    done = oai_lint(project, "check", "--output-format", "concise", "--quiet")
    own = {
        (*line.split(" ")[0].rstrip(":").split(":"), line.split(" ")[1])
        for line in done.stdout.splitlines()
    }
    assert len(own) > 20
    theirs = flake8(project, "--format", "%(path)s:%(row)d:%(col)d %(code)s", ".")
    assert theirs.stderr == ""
    found = {
        (*line.removeprefix("./").split(" ")[0].split(":"), line.split(" ")[1])
        for line in theirs.stdout.splitlines()
    }
    assert found == own


def test_flake8_heeds_settings_suppressions_and_its_own_noqa(tmp_path: Path) -> None:
    (tmp_path / "oai-lint.toml").write_text(
        'select = ["OAI111"]\nextend-exclude = ["skipped.py"]\nopenai = "3"\n'
    )
    (tmp_path / "skipped.py").write_text(FAULT)
    (tmp_path / "plain.py").write_text("x = 1\n")
    (tmp_path / "a.py").write_text(
        "import openai\n"
        "é = '🙂', openai.OpenAI('k')\n"
        "openai.OpenAI('k')  # oai-lint: ignore[OAI111]\n"
        "openai.OpenAI('k')  # noqa: OAI111\n"
    )
    lines = flake8(tmp_path, ".").stdout.splitlines()
    assert [line.split(" ")[:2] for line in lines] == [["./a.py:2:24:", "OAI111"]]
    piped = flake8(tmp_path, "--stdin-display-name", "b.py", "-", stdin=FAULT)
    assert piped.stdout.startswith("b.py:3:24: OAI111 ")


# -- completion ------------------------------------------------------------------------------------


def program(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None and "CI" in os.environ:
        pytest.fail(f"{name} is not installed, and in CI this test must run")
    if found is None:
        pytest.skip(f"{name} is not installed (apt-get install {package})")
    return found


@pytest.fixture
def commands(tmp_path: Path) -> dict[str, str]:
    """An environment in which `oai-lint` is the command of this checkout."""
    script = tmp_path / "bin" / "oai-lint"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m oai_lint "$@"\n')
    script.chmod(0o755)
    return environment(PATH=f"{script.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["oai-lint", "che"], ["check"]),
        (["oai-lint", "check", "--write-b"], ["--write-baseline"]),
        (["oai-lint", "check", "--fail-on", "w"], ["warning"]),
        (["oai-lint", "completion", "f"], ["fish"]),
        (["oai-lint", "rule", "positional"], ["positional-api-key"]),
        (["oai-lint", "check", "--ignore", "OAI101,OAI85"], ["OAI101,OAI851", "OAI101,OAI852"]),
    ],
)
def test_bash_completes(commands: dict[str, str], words: list[str], expected: list[str]) -> None:
    typed = " ".join(f"'{word}'" for word in words)
    text = (
        'eval "$(oai-lint completion bash)"\n'
        f"COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}\n"
        '_oai_lint_completion oai-lint\nprintf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    shell = [program("bash", "bash"), "--norc", "-c", text]
    done = subprocess.run(shell, env=commands, capture_output=True, text=True, check=False)
    assert done.stdout.split() == expected, done.stderr


@pytest.mark.parametrize(
    "words", ["check ", "check --fix ", "migrate ", "check -o ", "check --exclude "]
)
def test_paths_are_left_to_the_shell(tmp_path: Path, words: str) -> None:
    typed = f"oai-lint {words}cl"
    at = str(len(typed.split()) - 1)
    done = oai_lint(tmp_path, _OAI_LINT_COMPLETE="bash_complete", COMP_WORDS=typed, COMP_CWORD=at)
    assert (done.returncode, done.stdout) == (0, "file,cl\n")


@pytest.mark.parametrize("name", ["zsh", "fish"])
def test_other_shells_take_the_script(commands: dict[str, str], name: str) -> None:
    written = oai_lint(ROOT, "completion", name).stdout
    assert "_OAI_LINT_COMPLETE" in written
    shell = [program(name, name), "--no-execute" if name == "fish" else "-n"]
    done = subprocess.run(
        [*shell, "/dev/stdin"],
        input=written,
        env=commands,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


# -- the schema of the settings --------------------------------------------------------------------

SCHEMA = schema.schema()


def problems(text: str) -> list[str]:
    values = json.loads(json.dumps(tomllib.loads(text), default=str))
    return [error.message for error in Draft7Validator(SCHEMA).iter_errors(values)]


def test_the_schema_is_one_and_names_every_key() -> None:
    Draft7Validator.check_schema(SCHEMA)
    assert set(SCHEMA["properties"]) == set(settings.KEYS) == set(schema.ABOUT)
    assert json.loads(oai_lint(ROOT, "schema").stdout) == SCHEMA


GOOD = [
    'select = ["ALL"]\nextend-select = ["OAI4", "default-client-timeout"]\nignore = []',
    'per-file-ignores = { "a/*" = ["OAI5"] }\nexclude = ["x"]\nextend-exclude = ["y"]',
    'severity = { OAI101 = "error", OAI = "info" }\nfixable = ["OAI"]\nunfixable = ["OAI90"]',
    'openai = ">=1.40,<2"\nhttp-client = "httpx2"\nclients = { "app.llm" = "AsyncOpenAI" }',
    'confidence = "low"\ntoday = 2026-01-01\nbaseline = "b.json"\nrequire-reason = true',
    'output-format = "sarif"\nfail-on = "error"\nfix = true\nunsafe-fixes = false',
    'force-exclude = true\nrespect-gitignore = false\nextend-safe-fixes = ["OAI203"]',
    "annotate = true",
]
BAD = [
    'select = "ALL"',
    'select = ["OAI1X"]',
    'extend-select = ["positional-key"]',
    'selct = ["ALL"]',
    'per-file-ignores = ["OAI5"]',
    'severity = { OAI101 = "fatal" }',
    'severity = { "OAI1X" = "error" }',
    'fail-on = "never"',
    'clients = { app = "OpenAI" }',
    'clients = { "app.llm" = "Client" }',
    "openai = 1",
    'http-client = "requests"',
    'confidence = "sure"',
    "fix = 1",
    'annotate = "all"',
    'output-format = "yaml"',
    "baseline = true",
    'require-reason = "yes"',
]


@pytest.mark.parametrize("text", GOOD)
def test_the_schema_takes_what_the_settings_take(text: str) -> None:
    settings.layer("a", tomllib.loads(text))
    assert problems(text) == []


@pytest.mark.parametrize("text", BAD)
def test_the_schema_refuses_what_the_settings_refuse(text: str) -> None:
    with pytest.raises(ConfigError):
        settings.layer("a", tomllib.loads(text))
    assert len(problems(text)) == 1


@pytest.mark.parametrize(
    "variables",
    [
        {"_OAI_LINT_COMPLETE": "bash_complete"},
        {"_OAI_LINT_COMPLETE": "bash_complete", "COMP_WORDS": "oai-lint", "COMP_CWORD": "x"},
        {"_OAI_LINT_COMPLETE": "zsh_complete", "COMP_WORDS": "oai-lint"},
        {"_OAI_LINT_COMPLETE": "1"},
        {"_OAI_LINT_COMPLETE": "tcsh_complete"},
    ],
)
def test_a_variable_that_no_shell_set_is_refused(tmp_path: Path, variables: dict[str, str]) -> None:
    done = oai_lint(tmp_path, "check", **variables)  # type: ignore[arg-type]
    assert (done.returncode, done.stdout) == (2, "")
    wish = variables["_OAI_LINT_COMPLETE"]
    assert done.stderr == (
        f"Error: _OAI_LINT_COMPLETE={wish}: for the scripts that `oai-lint completion` prints;"
        " unset it to run a command\n"
    )


def test_an_empty_variable_completes_nothing(tmp_path: Path) -> None:
    done = oai_lint(tmp_path, "version", _OAI_LINT_COMPLETE="")
    assert (done.returncode, done.stdout.split()[0]) == (0, "oai-lint")


# -- watching --------------------------------------------------------------------------------------


class Watcher:
    """A running `check --watch`, and what it has printed."""

    def __init__(self, directory: Path, *options: str) -> None:
        self.log = directory.parent / "log"
        command = [sys.executable, "-m", "oai_lint", "check", "--watch", "--select", RULES]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, "--output-format", "concise", *options],
                cwd=directory,
                env=environment(PYTHONUNBUFFERED="1"),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def until(self, text: str, times: int) -> None:
        """Wait for a text to be printed that often; a minute is for slow machines."""
        end = time.monotonic() + 60
        while self.log.read_text().count(text) < times:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.05)


def test_watching(tmp_path: Path) -> None:
    project = tmp_path / "p"
    project.mkdir()
    (project / "a.py").write_text(FAULT)
    watcher = Watcher(project)
    try:
        watcher.until("Watching; Ctrl-C ends it.", 1)
        watcher.until("a.py:3:24: OAI111", 1)
        (project / "a.py").write_text(MENDED)
        watcher.until("All checks passed!", 1)
        (project / "new.py").write_text(FAULT)
        watcher.until("new.py:3:24: OAI111", 1)
        watcher.until("Watching; Ctrl-C ends it.", 3)
        (project / "oai-lint.toml").write_text("selct = []\n")
        watcher.until("unknown key `selct`", 1)
        (project / "oai-lint.toml").write_text('ignore = ["OAI9"]\n')
        watcher.until("new.py:3:24: OAI111", 2)
        watcher.process.send_signal(signal.SIGINT)
        assert watcher.process.wait(30) == 0
    finally:
        watcher.process.kill()
        watcher.process.wait()
    assert "Traceback" not in watcher.log.read_text()


def test_a_report_is_no_reason_to_check_again_but_settings_from_anywhere_are(
    tmp_path: Path,
) -> None:
    project = tmp_path / "p"
    project.mkdir()
    (project / "a.py").write_text(FAULT)
    (tmp_path / "mine.cfg").touch()
    watcher = Watcher(project, "--config", "../mine.cfg", "--output", "json=found.json")
    try:
        watcher.until("Watching; Ctrl-C ends it.", 1)
        time.sleep(1.5)  # as long as several looks take
        assert "A file changed." not in watcher.log.read_text()
        (tmp_path / "mine.cfg").write_text("selct = []\n")
        watcher.until("unknown key `selct`", 1)
    finally:
        watcher.process.kill()
        watcher.process.wait()

"""Broken settings and baselines: one line that names file and key, exit 2, nothing touched."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.command import FAULT, oai_lint

GOOD: dict[str, object] = {
    "version": 1,
    "fingerprints": "oaiLintFingerprint/v1",
    "findings": {"a.py": {"OAI111": ["0123456789abcdef:1"]}},
}

SETTINGS: dict[str, tuple[str | bytes, str]] = {
    "TOML that ends too early": ('select = ["OAI1"\n', "oai-lint.toml: not valid TOML: "),
    "bytes that are no text": (b'select = ["\xff"]\n', "oai-lint.toml: not valid TOML: "),
    "an unknown key": (
        'selct = ["OAI1"]\n',
        "oai-lint.toml: unknown key `selct`; did you mean `select`?",
    ),
    "an unknown rule": (
        'ignore = ["positional-key"]\n',
        "oai-lint.toml: `ignore`: `positional-key` is no rule, prefix or `ALL`; did you mean"
        " `positional-api-key`?",
    ),
    "text in place of a list": (
        'select = "OAI1"\n',
        "oai-lint.toml: `select`: must be a list of strings",
    ),
    "text in place of a flag": ('fix = "yes"\n', "oai-lint.toml: `fix`: must be `true` or `false`"),
    "a list in place of a table": (
        'per-file-ignores = ["a.py"]\n',
        "oai-lint.toml: `per-file-ignores`: must be a table",
    ),
    "text in place of a list in a table": (
        'per-file-ignores = { "a.py" = "OAI1" }\n',
        "oai-lint.toml: `per-file-ignores`: `a.py`: must be a list of strings",
    ),
    "ruff's table": (
        '[lint]\nselect = ["OAI1"]\n',
        "oai-lint.toml: unknown key `lint`; what ruff has in this table stands in the one above it",
    ),
    "ruff's inheritance": (
        'extend = "../oai-lint.toml"\n',
        "oai-lint.toml: unknown key `extend`; settings of other files are not taken over",
    ),
    "a range with nothing in it": (
        'openai = "<1,>2"\n',
        "oai-lint.toml: `openai`: no version is in `<1,>2`",
    ),
    "an unknown rule in a table": (
        'per-file-ignores = { "a.py" = ["OAI1X"] }\n',
        "oai-lint.toml: `per-file-ignores`: `OAI1X` is no rule",
    ),
    "a choice that there is not": (
        'confidence = "sure"\n',
        "oai-lint.toml: `confidence`: must be one of `low`, `medium`, `high`, not `sure`",
    ),
    "a severity that there is not": (
        'severity = { OAI1 = "fatal" }\n',
        "oai-lint.toml: `severity`: must be one of `error`, `warning`, `info`, not `fatal`",
    ),
    "a range that is none": (
        'openai = "newest"\n',
        'oai-lint.toml: `openai`: must be a version or a specifier, such as ">=1.40,<2": ',
    ),
    "a date that is none": (
        'today = "soon"\n',
        "oai-lint.toml: `today`: must be a date such as 2026-11-22, not `soon`",
    ),
    "a client without a module": (
        'clients = { client = "OpenAI" }\n',
        "oai-lint.toml: `clients`: `client` must be a dotted name",
    ),
    "a baseline that is no path": (
        "baseline = true\n",
        "oai-lint.toml: `baseline`: must be the path of a file",
    ),
    "a baseline that is not there": (
        'baseline = "none.json"\n',
        "none.json: there is no such baseline; `--write-baseline=none.json` writes it",
    ),
    "a key of a table of its own": (
        "[tool.oai-lint]\n",
        "oai-lint.toml: unknown key `tool`;"
        " `[tool.oai-lint]` is for pyproject.toml only, leave it out here",
    ),
}

BASELINES: dict[str, tuple[object, str]] = {
    "nothing": ("", "known.json:1: not valid JSON: Expecting value"),
    "half a file": (json.dumps(GOOD, indent=1)[:-4], "known.json:10: not valid JSON: "),
    "marks of a merge": (
        '{\n "version": 1,\n<<<<<<< HEAD\n',
        "known.json:3: a merge left conflict marks",
    ),
    "bytes that are no text": (b'{"version": 1,\n"x": "\xff"}', "known.json:2: not valid JSON: "),
    "nesting without end": ("[" * 100_000, "known.json: not valid JSON: nested too deeply"),
    "a number without end": ("9" * 5_000, "known.json: Exceeds the limit"),
    "a list": ([], "known.json: a baseline is an object with `version` and `findings`"),
    "another version": (
        {**GOOD, "version": 2},
        "known.json: `version`: this oai-lint reads 1, not 2",
    ),
    "fingerprints of another kind": (
        {**GOOD, "fingerprints": "x"},
        'known.json: `fingerprints`: this oai-lint reads "oaiLintFingerprint/v1", not "x"',
    ),
    "no version": ({"findings": {}}, "known.json: `version` is missing"),
    "no findings": (
        {key: GOOD[key] for key in ("version", "fingerprints")},
        "known.json: `findings` is missing",
    ),
    "an unknown key": ({**GOOD, "finding": {}}, "known.json: unknown key `finding`"),
    "findings as a list": ({**GOOD, "findings": []}, "known.json: `findings`: must be an object"),
    "codes as a list": (
        {**GOOD, "findings": {"a.py": []}},
        "known.json: `findings.a.py`: must be an object",
    ),
    "a name for a code": (
        {**GOOD, "findings": {"a.py": {"x": []}}},
        "known.json: `findings.a.py.x`: `x` is no rule's code",
    ),
    "a count for a list": (
        {**GOOD, "findings": {"a.py": {"OAI111": 3}}},
        "known.json: `findings.a.py.OAI111`: must be a list of fingerprints",
    ),
    "a fingerprint that is none": (
        {**GOOD, "findings": {"a.py": {"OAI111": ["0123456789ABCDEF:1"]}}},
        'known.json: `findings.a.py.OAI111`: "0123456789ABCDEF:1" is no fingerprint',
    ),
    "a key that is there twice": (
        '{"version": 1, "version": 1, "findings": {}}',
        "known.json: `version` is there twice",
    ),
}

RUNS = [
    ["--add-ignore"],
    ["--write-baseline"],
    ["--fix", "--output-format", "json", "--output-file", "report.json"],
]


def written(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.is_file()}


def refused(directory: Path, line: str, *arguments: str) -> None:
    before = written(directory)
    done = oai_lint(directory, "check", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    said = done.stderr.removeprefix("error: ").replace(str(directory) + os.sep, "")
    assert said.startswith(line)
    assert written(directory) == before


def set_up(directory: Path, name: str, content: object) -> None:
    text = content if isinstance(content, (str, bytes)) else json.dumps(content)
    (directory / "a.py").write_text(FAULT)
    (directory / name).write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize("case", SETTINGS)
def test_settings(tmp_path: Path, case: str) -> None:
    text, line = SETTINGS[case]
    set_up(tmp_path, "oai-lint.toml", text)
    refused(tmp_path, line, "--fix")


@pytest.mark.parametrize("case", BASELINES)
def test_baselines(tmp_path: Path, case: str) -> None:
    content, line = BASELINES[case]
    set_up(tmp_path, "known.json", content)
    refused(tmp_path, line, "--baseline", "known.json", "--fix")


@pytest.mark.parametrize("run", RUNS, ids=" ".join)
def test_whatever_was_to_be_written(tmp_path: Path, run: list[str]) -> None:
    content, line = BASELINES["an unknown key"]
    set_up(tmp_path, "known.json", content)
    refused(tmp_path, line, "--baseline", "known.json", *run)
    text, line = SETTINGS["an unknown key"]
    set_up(tmp_path, "oai-lint.toml", text)
    refused(tmp_path, line, *run)


def test_a_baseline_that_is_a_directory(tmp_path: Path) -> None:
    (tmp_path / "known.json").mkdir()
    (tmp_path / "a.py").write_text(FAULT)
    line = "known.json: the baseline cannot be read: Is a directory"
    refused(tmp_path, line, "--baseline", "known.json", "--fix")


def test_settings_further_down_stop_the_run_before_anything_is_fixed(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(FAULT)
    (tmp_path / "z").mkdir()
    (tmp_path / "z" / "a.py").write_text(FAULT)
    (tmp_path / "z" / "pyproject.toml").write_text("[tool.oai-lint]\nselect = 1\n")
    refused(tmp_path, "z/pyproject.toml: `select`: must be a list of strings", "--fix")
    assert (tmp_path / "z" / "a.py").read_text() == FAULT

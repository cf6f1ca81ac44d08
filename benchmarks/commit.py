"""What a clean commit pays for the hook: ``python -m benchmarks.commit``.

Two commits of ten files: one without OpenAI code, and one of which a file uses the SDK, as clean as
the rest.  Each is checked by ruff and by oai-lint, once by the command that the hook runs and once
through pre-commit, in turn in the same run; the ratios are what to compare.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.startup import FILES, PLAIN, in_turn, line, seconds

ROUNDS = 8

CLEAN = '''"""Questions and answers."""

from openai import OpenAI

client = OpenAI(timeout=60)


def answer(question: str) -> str:
    """Ask the model."""
    return client.responses.create(model="gpt-5.5", input=question).output_text
'''

HOOKS = """\
repos:
  - repo: local
    hooks:
      - {{id: ruff, name: ruff, entry: {ruff}, language: system, types: [python],
         require_serial: true}}
      - {{id: oai-lint, name: oai-lint, entry: {own}, language: system, types: [python],
         require_serial: true}}
"""


def write(directory: Path, ruff: str, own: str) -> dict[str, list[str]]:
    """Write a repository and return the files of each commit."""
    plain = [f"plain_{number}.py" for number in range(FILES)]
    for name in plain:
        (directory / name).write_text(PLAIN * 40)
    (directory / "relevant.py").write_text(CLEAN)
    (directory / ".pre-commit-config.yaml").write_text(HOOKS.format(ruff=ruff, own=own))
    subprocess.run(["git", "init", "--quiet"], cwd=directory, check=True)
    subprocess.run(["git", "add", "."], cwd=directory, check=True)
    return {
        f"{FILES} files without OpenAI code": plain,
        "one of them with a client and a call": [*plain[1:], "relevant.py"],
    }


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        tools = Path(sys.executable).parent
        # The plain files are one text forty times over.
        ruff = [str(tools / "ruff"), "check", "--isolated", "--no-cache", "--ignore=F811,E402"]
        own = [str(tools / "oai-lint"), "check", "--force-exclude"]
        commits = write(directory, " ".join(ruff), " ".join(own))
        os.environ["PRE_COMMIT_HOME"] = str(directory / ".pre-commit")
        hook = [sys.executable, "-m", "pre_commit", "run"]
        for title, names in commits.items():
            print(title)
            bare, theirs, ours, hooked, our_hook = in_turn(
                ROUNDS,
                partial(seconds, [sys.executable, "-c", "pass"], directory),
                partial(seconds, [*ruff, *names], directory),
                partial(seconds, [*own, *names], directory),
                partial(seconds, [*hook, "ruff", "--files", *names], directory),
                partial(seconds, [*hook, "oai-lint", "--files", *names], directory),
            )
            line("  ruff check", theirs, theirs)
            line("  bare interpreter", bare, theirs)
            line("  oai-lint check", ours, theirs)
            line("  pre-commit run ruff", hooked, hooked)
            line("  pre-commit run oai-lint", our_hook, hooked)


if __name__ == "__main__":
    main()

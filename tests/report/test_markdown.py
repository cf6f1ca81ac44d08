"""The summary for a CI system's page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from oai_lint.patch import Safety
from oai_lint.report import Look, Result, render
from oai_lint.report.markdown import MOST
from oai_lint.report.style import Style
from oai_lint.rule import Severity
from oai_lint.source import Source
from tests.report.samples import NAME, emoji, finding, nasty, written

PAGE = "https://github.com/oai-lint/oai-lint/blob/main/docs/rules/OAI111-positional-api-key.md"
RUN = {
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_REPOSITORY": "us/app",
    "GITHUB_SHA": "0123abc",
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in RUN:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def html(text: str) -> str:
    """Return what becomes of Markdown on a page that, like GitHub's, knows tables."""
    return str(MarkdownIt("commonmark").enable("table").render(text))


def test_nothing_found() -> None:
    assert written("markdown", []) == "### oai-lint: no findings\n"
    assert written("markdown", [(Source("a.py", ""), [])]) == "### oai-lint: no findings\n"


def test_counts_by_rule_the_most_frequent_first() -> None:
    text = "BAD x y\n"
    safe = finding(text, "BAD")
    assert safe.fix
    unsafe = replace(safe, fix=replace(safe.fix, safety=Safety.UNSAFE), severity=Severity.INFO)
    other = replace(safe, code="OAI001", name="other", fix=None)
    results: list[Result] = [
        (Source("a.py", text), [other, safe]),
        (Source("b.py", text), [unsafe]),
    ]
    assert written("markdown", results) == (
        "### oai-lint: 3 findings in 2 files\n\n"
        "| Rule | Severity | Findings | Fixable |\n|---|---|---:|---:|\n"
        f"| [OAI111]({PAGE}) positional-api-key | error and info | 2 | 1 |\n"
        f"| [OAI001]({PAGE.replace('OAI111-positional-api-key', 'OAI001-other')}) other "
        "| error | 1 | 0 |\n"
        "\n`oai-lint check --fix` fixes 1 of them.\n"
        "\n`--unsafe-fixes` would fix 1 more.\n"
        "\n<details><summary>Where</summary>\n\n"
        "- `a.py:1:1` OAI001 Wrong\n- `a.py:1:1` OAI111 Wrong\n- `b.py:1:1` OAI111 Wrong\n"
        "\n</details>\n"
    )
    shown = "".join(render("markdown", results, Look(Style(), unsafe=True)))
    assert "`oai-lint check --fix --unsafe-fixes` fixes 2 of them." in shown
    assert "would fix" not in shown


def test_places_are_links_where_github_runs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "[`a.py" not in written("markdown", emoji())
    for name, value in RUN.items():
        monkeypatch.setenv(name, value)
    link = "[`a.py:1:11`](https://github.example/us/app/blob/0123abc/a.py#L1)"
    assert f"- {link} OAI111 Wrong\n" in written("markdown", emoji())


def test_text_stays_text(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in RUN.items():
        monkeypatch.setenv(name, value)
    page = html(written("markdown", nasty(here)))
    items = page[page.index("<ul>") :].count("<li>")
    assert items == len(Severity)
    assert f"<code>{NAME}:2:1</code></a>" in page
    assert "blob/0123abc/sub%20dir/%C3%A4%2Cb%3Ac%25%23%3F%3B%5D.py#L2" in page
    said = "100% sure::yes, no; ]so] <code>a|b</code> &lt;b&gt; *日本* ␛[31m %0A"
    assert page.count(said) == len(Severity)


def test_a_lone_backtick_and_code_in_code() -> None:
    def said(message: str) -> str:
        results: list[Result] = [(Source("a.py", "x"), [finding("x", "x", message)])]
        return html(written("markdown", results))

    assert "a ` b &lt;i&gt;" in said("a ` b <i>")
    assert "<code>x</code> and <code>y</code>" in said("`x` and `y`")


def test_long_reports_end() -> None:
    text = "BAD\n"
    results: list[Result] = [(Source("a.py", text), [finding(text, "BAD")] * (MOST + 5))]
    lines = written("markdown", results).splitlines()
    assert sum(line.startswith("- ") for line in lines) == MOST + 1
    assert "- … and 5 more" in lines
    assert f"| error | {MOST + 5} | {MOST + 5} |" in "\n".join(lines)

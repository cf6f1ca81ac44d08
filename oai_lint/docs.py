"""Write ``docs/rules/`` and the README's table from the rules themselves.

``python -m oai_lint.docs`` writes; a test compares and names this command when they differ.
"""

from __future__ import annotations

import difflib
import inspect
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from oai_lint import rules, schema
from oai_lint.explain import counted
from oai_lint.kinds import kind_of
from oai_lint.patch import Safety
from oai_lint.rule import REGISTRY, Rule

ROOT = Path(__file__).resolve().parent.parent
THEMES = {
    "OAI1": "Credentials",
    "OAI2": "Proxies and the HTTP client",
    "OAI3": "Transport security",
    "OAI4": "Timeouts and retries",
    "OAI5": "Client lifetime and async",
    "OAI6": "Raw HTTP and endpoints",
    "OAI7": "Errors",
    "OAI80": "Removed and retired",
    "OAI81": "Removed and retired",
    "OAI85": "Model output",
    "OAI9": "The linting itself",
}
SYMPTOMS: Mapping[str, tuple[str, ...]] = {
    "`APIConnectionError: Connection error.`": (
        "malformed-api-key", "unstripped-api-key", "mismatched-proxy-scheme",
        "endpoint-as-base-url", "malformed-env-file", "closed-shared-client",
    ),
    "`UnicodeEncodeError: 'ascii' codec can't encode`": ("malformed-api-key",),
    "`TypeError: Client.__init__() got an unexpected keyword argument 'proxies'`": (
        "removed-proxies-argument",
    ),
    "`TypeError: OpenAI.__init__() got an unexpected keyword argument`": (
        "unknown-client-argument", "removed-proxies-argument",
    ),
    "`TypeError: Invalid http_client argument`": ("mismatched-http-client",),
    "The proxy is not used": (
        "ignored-session-proxy", "ignored-module-proxy", "partial-proxy-mapping",
        "misspelled-mount-key", "late-proxy-variable", "ineffective-transport-setting",
    ),
    "401, though the key is set": (
        "fallback-api-key", "placeholder-api-key", "unused-module-key",
        "malformed-authorization", "unread-environment-variable",
    ),
    "404 from an address that exists": ("wrong-endpoint", "endpoint-as-base-url", "retired-model"),
    "A call that never comes back": (
        "missing-timeout", "disabled-timeout", "discarded-timeout", "default-client-timeout",
    ),
    "`You tried to access openai.ChatCompletion, but this is no longer supported`": (
        "removed-call",
    ),
    "`AttributeError: module 'openai' has no attribute`": (
        "removed-error-module", "removed-setting", "removed-call",
    ),
    "`ModuleNotFoundError: No module named 'openai.error'`": ("removed-error-module",),
    "`TypeError: 'ChatCompletion' object is not subscriptable`": ("subscripted-response",),
    "`NameError: name 'openai' is not defined` in a handler": ("unbound-exception-name",),
    "A handler that never runs": ("unreachable-handler", "foreign-exception"),
    "`RuntimeError: Event loop is closed`": ("client-across-loops",),
    "Everything waits for one request": ("blocking-call-in-async",),
    "Open sockets pile up": ("unclosed-client", "client-per-call", "abandoned-stream"),
}  # fmt: skip
_BEGIN, _END = "<!-- rules: begin -->", "<!-- rules: end -->"
_MARK = {Safety.SAFE: "safe", Safety.UNSAFE: "unsafe", Safety.SHOW: "shown"}


def pages() -> dict[Path, str]:
    """Return the text of every generated page by its path."""
    rules.load()
    chosen = [REGISTRY[code] for code in sorted(REGISTRY)]
    found = {ROOT / "docs" / "rules" / page_name(rule): page(rule) for rule in chosen}
    found[ROOT / "docs" / "rules" / "README.md"] = index(chosen)
    found[ROOT / "oai-lint.schema.json"] = schema.text()
    readme = ROOT / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    found[readme] = f"{before}{_BEGIN}\n\n{_table(chosen, 'docs/rules/')}\n{_END}{after}"
    return found


def page_name(rule: type[Rule[Any]]) -> str:
    """Return the file name of a rule's page."""
    return f"{rule.code}-{rule.name}.md"


def theme(rule: type[Rule[Any]]) -> str:
    """Return the heading under which a rule belongs."""
    return next(title for prefix, title in THEMES.items() if rule.code.startswith(prefix))


def page(rule: type[Rule[Any]]) -> str:
    """Return a rule's page."""
    return "\n".join(_page(rule)) + "\n"


def _page(rule: type[Rule[Any]]) -> Iterator[str]:
    yield f"# {rule.name} ({rule.code})"
    yield ""
    yield "| severity | default | holds for | fix |"
    yield "|---|---|---|---|"
    yield f"| {rule.severity} | {_default(rule)} | {_eras(rule)} | {_fix(rule)} |"
    yield ""
    yield inspect.cleandoc(rule.__doc__ or "")
    for example in rule.examples:
        yield ""
        yield "## Example"
        yield ""
        if example.good is None:
            yield f"```{kind_of(example.path).value}"
            yield example.bad.rstrip("\n")
        else:
            yield "```diff"
            yield from _diff(example.bad, example.good)
        yield "```"


def _diff(bad: str, good: str) -> Iterator[str]:
    lines = difflib.unified_diff(
        bad.splitlines(), good.splitlines(), lineterm="", n=len(bad.splitlines())
    )
    for line in lines:
        if not line.startswith(("---", "+++", "@@")):
            yield line.rstrip()


def _default(rule: type[Rule[Any]]) -> str:
    quiet = [
        place
        for place, silent in (
            ("tests", rule.quiet_in_tests),
            ("examples and docs", rule.quiet_in_examples),
        )
        if silent
    ]
    return ("on" if rule.on else "off") + (f", silent in {' and '.join(quiet)}" if quiet else "")


def _eras(rule: type[Rule[Any]]) -> str:
    if rule.starts:
        return "projects that declare openai ≥ " + ".".join(map(str, rule.starts))
    if rule.reaches:
        return "openai ≥ " + ".".join(map(str, rule.reaches))
    return "every openai"


def _fix(rule: type[Rule[Any]]) -> str:
    return _MARK[rule.safety] if rule.fixes else "–"


def _table(chosen: list[type[Rule[Any]]], base: str) -> str:
    lines = ["| code | name | what it says | fix | on |", "|---|---|---|---|---|"]
    for rule in chosen:
        summary = inspect.cleandoc(rule.__doc__ or "").partition("\n")[0]
        lines.append(
            f"| {rule.code} | [{rule.name}]({base}{page_name(rule)}) | {summary} "
            f"| {_fix(rule)} | {'yes' if rule.on else 'no'} |"
        )
    return "\n".join(lines) + "\n"


def index(chosen: list[type[Rule[Any]]]) -> str:
    """Return the index of the rules, by symptom and by theme."""
    names = {rule.name: rule for rule in chosen}
    lines = [
        "# Rules",
        "",
        "Written by `python -m oai_lint.docs` from the rules themselves.",
        "",
        f"{counted(chosen)}.  [What is proven by running it](../proof.md) has its own count.",
        "",
        "## By symptom",
        "",
        "| what you see | rules that can be the cause |",
        "|---|---|",
    ]
    for symptom, causes in SYMPTOMS.items():
        links = [f"[{name}]({page_name(names[name])})" for name in causes if name in names]
        if links:
            lines.append(f"| {symptom} | {', '.join(links)} |")
    for title in dict.fromkeys(THEMES.values()):
        group = [rule for rule in chosen if theme(rule) == title]
        if group:
            lines += ["", f"## {title}", "", _table(group, "").rstrip("\n")]
    return "\n".join(lines) + "\n"


def stale() -> list[Path]:
    """Return the generated files that are missing, out of date or left over."""
    wanted = pages()
    found = [
        path
        for path, text in wanted.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    left_over = set((ROOT / "docs" / "rules").glob("*.md")) - set(wanted)
    return [*found, *sorted(left_over)]


def write() -> None:
    """Bring every generated file up to date."""
    for path in stale():
        wanted = pages().get(path)
        if wanted is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted, encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    write()

"""Write `docs/proof.md`, the table of what is proven where: `python -m tests.proof.table`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from oai_lint import docs, rules
from oai_lint.explain import counted
from oai_lint.rule import REGISTRY, Rule
from tests.proof import proof as proofs
from tests.proof.eras import ERAS
from tests.proof.proof import NOT_ABOUT_RUNNING

PATH = Path(__file__).parents[2] / "docs" / "proof.md"

HEAD = """\
# What is proven by running it

For each rule about running code there is a small program that it reports.  The tests run it with
real releases of the SDK against a fake API and a recording proxy on loopback, and see it fail as
the rule says; then they run the text that the rule's own fix makes of it, and see that it does not.

`python -m pytest -m proof tests/proof` runs all of them; `python -m tests.proof.table` writes this
page from `tests/proof/rules/`.

- ● the failure is shown, and for a rule with a fix, that the fixed program does not show it
- – not applicable: the rule is silent for this release, or the program is seen to be harmless or
  not to start at all, as it was written for another release
- *no fix*: only the failure is shown
"""


def page() -> str:
    """Return the text of the page."""
    rules.load()
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD
    ordered = [REGISTRY[code] for code in sorted(REGISTRY)]
    proven = [rule for rule in ordered if rule.name in proofs.proven()]
    places = sum(len(proofs.shown_in(rule.name)) for rule in proven)
    programs = sum(len(proofs.load(rule.name)[1]) for rule in proven)
    yield (
        f"{len(ordered)} rules: {len(proven)} with a proof, by {programs} programs, "
        f"{places} pairs of a rule and a release; "
        f"{len(NOT_ABOUT_RUNNING)} claim nothing about running code."
    )
    yield ""
    names = [name.replace("+", " + ").replace("httpx0", "httpx 0") for name in ERAS]
    yield f"| rule | {' | '.join(names)} | what is shown |"
    yield f"|---|{':-:|' * len(ERAS)}---|"
    for rule in proven:
        yield _row(rule)
    yield ""
    yield "## Rules that claim nothing about running code"
    yield ""
    for rule in ordered:
        if rule.name in NOT_ABOUT_RUNNING:
            yield f"- {_link(rule)}: {NOT_ABOUT_RUNNING[rule.name]}"


def _row(rule: type[Rule[object]]) -> str:
    says, all_proofs = proofs.load(rule.name)
    shown = proofs.shown_in(rule.name)
    marks = " | ".join("●" if era in shown else "–" for era in ERAS)
    if all(proof.mended is None for proof in all_proofs):
        says += " *no fix*"
    return f"| {_link(rule)} | {marks} | {says} |"


def _link(rule: type[Rule[object]]) -> str:
    return f"[{rule.code} {rule.name}](rules/{docs.page_name(rule)})"


def main() -> None:
    """Write the page and say what it counts."""
    PATH.write_text(page(), "utf-8")
    print(counted(list(REGISTRY.values())))
    print(next(line for line in _lines() if "with a proof" in line))


if __name__ == "__main__":
    main()

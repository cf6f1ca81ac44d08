"""Every claim of a rule about running code, shown with a real SDK in every era.

Where a proof holds, the rule reports the bad program, whose run fails as the rule says, and the
text that the rule's fix makes of it does not.  Elsewhere the rule is silent, or the program is seen
to be harmless.  All programs are run ahead, two at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from oai_lint import rules
from oai_lint.rule import REGISTRY
from oai_lint.target import Target
from tests.proof import proof as proofs
from tests.proof import table
from tests.proof.claims import Claim
from tests.proof.eras import ERAS
from tests.proof.lab import Lab, Run
from tests.proof.proof import NOT_ABOUT_RUNNING, Proof

rules.load()

AT_ONCE = 2
CODES = {rule.name: code for code, rule in REGISTRY.items()}
PROVEN = proofs.proven()

Wrong = list[str]
"""What a proof did not show; nothing if all is well."""

Verdicts = dict[tuple[str, str], Future[Wrong]]
"""By rule and era."""


@pytest.fixture(scope="session")
def verdicts(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Verdicts]:
    """Start to run all programs of the tests that were selected."""
    chosen = [
        (str(item.callspec.params["rule"]), str(item.callspec.params["era"]))
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.originalname == test_proof.__name__
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {pair: pool.submit(examine, lab, *pair) for pair in chosen}
        pool.shutdown(cancel_futures=True)


@pytest.mark.proof
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("rule", PROVEN)
def test_proof(verdicts: Verdicts, rule: str, era: str) -> None:
    if wrong := verdicts[rule, era].result():
        pytest.fail("\n\n".join(wrong), pytrace=False)


def examine(lab: Lab, rule: str, era: str) -> Wrong:
    """Run the programs of a rule in an era and say what they do not show."""
    code = CODES[rule]
    _, all_proofs = proofs.load(rule)
    holding = [proof for proof in all_proofs if proof.runs_in(ERAS[era])]
    wrong: Wrong = []
    for proof in holding:
        wrong += _show(lab, code, era, proof)
    if not holding:
        for proof in all_proofs:
            wrong += _exempt(lab, code, era, proof)
    return wrong


def _show(lab: Lab, code: str, era: str, proof: Proof) -> Iterator[str]:
    """Run the bad program and what becomes of it, with this era as target and mostly with none."""
    failure = proof.failure(ERAS[era])
    yield from _differs(lab.run(proof.text, era=era, **proof.scene), failure, proof.text)
    targets = [proofs.target_of(ERAS[era])]
    if ERAS[era].version >= (1,) and not REGISTRY[code].starts and not proof.declared:
        targets.append(Target())
    texts = set()
    for target in targets:
        if not proofs.found(code, proof, target):
            yield f"not reported with the target {target}:\n{proof.text}"
        elif proof.mended is not None:
            texts.add(proofs.fixed(code, proof, target))
    for text in sorted(texts):
        if text == proof.text:
            yield f"the fix changes nothing:\n{text}"
            continue
        run = lab.run(text, era=era, **proof.scene)
        assert proof.mended is not None
        yield from _differs(run, proof.mended, text)
        if failure.holds(run):
            yield f"fixed, but {failure.says}:\n{text}"


def _exempt(lab: Lab, code: str, era: str, proof: Proof) -> Iterator[str]:
    """Check that the rule is silent about a program, or that the program does no harm."""
    if proofs.found(code, proof, proofs.target_of(ERAS[era])):
        yield from _differs(lab.run(proof.text, era=era, **proof.scene), proof.harmless, proof.text)


def _differs(run: Run, claim: Claim, text: str) -> Iterator[str]:
    if run.blocked:
        yield f"left the lab for {run.blocked}:\n{text}"
    if not claim.holds(run):
        seen = (
            f"exit code {run.exit_code}, requests {[(r.method, r.path) for r in run.requests]}, "
            f"proxy {[r.target for r in run.proxy_requests]}, timeouts {run.timeouts}, "
            f"stall {run.longest_stall}, {run.left_behind}"
        )
        yield f"not so: {claim.says}\n{text}\n{seen}\n{run.stdout}{run.stderr}"


def test_every_rule_is_proven_or_not_about_running() -> None:
    assert not set(PROVEN) & set(NOT_ABOUT_RUNNING)
    assert not set(CODES) - set(PROVEN) - set(NOT_ABOUT_RUNNING), "rules without a proof"


@pytest.mark.parametrize("rule", PROVEN)
def test_proof_is_shown_somewhere_and_says_what(rule: str) -> None:
    says, _ = proofs.load(rule)
    assert proofs.shown_in(rule)
    assert says.endswith(".")


def test_table_is_current() -> None:
    assert table.PATH.read_text("utf-8") == table.page(), "run `python -m tests.proof.table`"

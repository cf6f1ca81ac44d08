"""The real server over an engine of a few words, so that its own behaviour can be tested.

``soft_flaw()`` has a safe fix, ``hard_flaw()`` an unsafe one, ``bare_flaw()`` none and
``gone_flaw()`` is a deprecation; ``crash()`` breaks the engine and ``slow()`` makes it take its
time.  Everything else (settings, suppressions, fixing to a fixed point) is as in the engine.
"""

from __future__ import annotations

import ast
import re
import sys
import time

from oai_lint import engine, suppress
from oai_lint.config import Config, known
from oai_lint.engine import Diagnostic, Fixed, Place
from oai_lint.patch import Edit, Fix, Safety, apply
from oai_lint.rule import REGISTRY, Confidence, Rule, Severity
from oai_lint.server import main
from oai_lint.source import Source


def flaw(code: str, word: str, fixes: str, safety: Safety) -> type[Rule[None]]:
    members = {
        "__doc__": f"A `{word}`.\n\nIt is there to be found.",
        "__orig_bases__": (Rule[None],),
        "code": code,
        "message": f"`{word}` is a flaw",
        "fixes": fixes,
        "safety": safety,
        "severity": Severity.WARNING,
    }
    rule = type(word, (Rule,), members)
    rule.name = word.replace("_", "-")  # type: ignore[attr-defined]
    return rule


known()
SOFT = flaw("OAI991", "soft_flaw", "Mend it", Safety.SAFE)
HARD = flaw("OAI992", "hard_flaw", "Mend it boldly", Safety.UNSAFE)
BARE = flaw("OAI993", "bare_flaw", "", Safety.UNSAFE)
GONE = flaw("OAI899", "gone_flaw", "Replace it", Safety.SAFE)
FLAWS = {rule.name.replace("-", "_"): rule for rule in (SOFT, HARD, BARE, GONE)}


def check(
    source: Source,
    config: Config,
    *,
    gated: bool = True,
    reparser: object = None,
    wanted: object = None,
) -> list[Diagnostic]:
    if "crash()" in source.text:
        raise RuntimeError("the engine is broken")
    if "slow()" in source.text:
        time.sleep(0.5)
    if "print()" in source.text:
        print("this must not reach the client")
    try:
        ast.parse(source.text)
    except SyntaxError:
        unparsable = REGISTRY["OAI900"]
        return [
            Diagnostic(
                "OAI900", unparsable.name, "Cannot read", Severity.ERROR, Confidence.HIGH, 0, 1
            )
        ]
    found = []
    for match in re.finditer(r"\b(\w+_flaw)\(\)", source.text):
        rule = FLAWS[match[1]]
        safety = config.safety(rule.code, rule.safety)
        edit = Edit(match.start(), match.end(), "mended()")
        fix = Fix(rule.fixes, (edit,), safety) if rule.fixes and safety is not None else None
        place = Place(0, len(source.line(0)), "the file begins here")
        found.append(
            Diagnostic(
                rule.code,
                rule.name,
                rule.message,
                config.severity(rule.code, rule.severity),
                Confidence.HIGH,
                match.start(),
                match.end(),
                fix,
                (place,),
            )
        )
    found = [item for item in found if config.enabled(item.code, source.path)]
    return suppress.apply(source, found, config, {item.code for item in FLAWS.values()})


def fix(
    source: Source,
    config: Config,
    *,
    safety: Safety = Safety.SAFE,
    among: engine.Among | None = None,
) -> Fixed:
    found = check(source, config)
    if among is not None:
        found = [*among(source, found)]
    ready = [item for item in found if item.fix is not None and item.fix.safety >= safety]
    text, applied = apply(source.text, [item.fix.edits for item in ready if item.fix])
    after = Source(source.path, text)
    left = check(after, config)
    return Fixed(after, tuple(ready[index] for index in applied), tuple(left))


if __name__ == "__main__":
    engine.check, engine.fix = check, fix
    sys.exit(main())

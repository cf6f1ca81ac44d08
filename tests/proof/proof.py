"""What a proof is: a bad program, what goes wrong with it, and in which eras.

Each module of `tests.proof.rules` holds the proofs of the rule of its name.  Its docstring is one
sentence, the one that `docs/proof.md` prints.
"""

from __future__ import annotations

import contextlib
import importlib
import random
import string
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet

from oai_lint import engine
from oai_lint.config import Config, Selection
from oai_lint.patch import Safety
from oai_lint.source import Source
from oai_lint.target import Target, parse_range
from tests.proof.claims import Claim, answers, foreign
from tests.proof.eras import ERAS, Era

FOLDER = Path(__file__).parent / "rules"

NOT_ABOUT_RUNNING: Mapping[str, str] = {
    "commented-api-key": "a comment is read by people, not by Python",
    "malformed-env-file": "it judges `.env` files, which the SDK does not read",
    "hardcoded-proxy-credentials": "a secret in the source works as well as any",
    "incompatible-httpx": "it judges version pins; none of these releases has them",
    "retired-model": "which models are served is for the real service to say; the table is dated",
    "refused-parameter": "what a model refuses is for the real service to say; the table is dated",
    "swallowed-api-error": "advice: the handler does what it says",
    "module-client-in-library": "advice on the shape of a package",
    "unparsable-file": "about the linting itself",
    "unused-suppression": "about the linting itself",
    "unexplained-suppression": "about the linting itself",
    "internal-error": "about the linting itself",
}
"""Rules that claim nothing about running code that could be shown here, and why."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A program that shows in some eras what its rule says.

    Attributes:
        bad: the program; `<key>` in it is `OTHER_KEY`.
        fails: what is wrong with its run; by SDK versions where that differs, the first that fits.
        mended: what is right with a run of the text that the rule's fix makes of it, in place of
            `fails`; None if the rule has no fix here.
        holds: the SDK versions it holds for.
        httpx: the httpx versions it holds for, besides.
        also: a further program, run only in the oldest and in the newest era that it holds for.
        harmless: what is seen in eras where no proof of the rule holds and which the rule is not
            silent for, as it reports the program.
        picked: apply a fix that is only shown, too.
        declared: the fix is right for a project that declares its SDK, not for all at once.
        scene: the circumstances, as `Lab.run` takes them.
    """

    bad: str
    fails: Claim | Mapping[str, Claim]
    mended: Claim | None = answers
    holds: str = ">=1"
    httpx: str = ""
    also: bool = False
    harmless: Claim = foreign
    picked: bool = False
    declared: bool = False
    scene: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The program as it is run and read."""
        return self.bad.lstrip("\n").replace("<key>", OTHER_KEY)

    def holds_in(self, era: Era) -> bool:
        """Tell whether the failure is to be seen in an era."""
        version = httpx_version(era)
        fits = not self.httpx or (version is not None and version in SpecifierSet(self.httpx))
        return fits and _sdk_version(era) in SpecifierSet(self.holds)

    def runs_in(self, era: Era) -> bool:
        """Tell whether the failure is shown in an era."""
        holding = [other for other in ERAS.values() if self.holds_in(other)]
        return era in ((holding[0], holding[-1]) if self.also else holding)

    def failure(self, era: Era) -> Claim:
        """Return what goes wrong in an era."""
        if isinstance(self.fails, Claim):
            return self.fails
        version = _sdk_version(era)
        return next(
            claim for versions, claim in self.fails.items() if version in SpecifierSet(versions)
        )


def _other_key() -> str:
    letters = random.Random(11)
    return "sk-" + "".join(letters.choices(string.ascii_letters + string.digits, k=48))


OTHER_KEY = _other_key()
"""A key of the real shape that is not the lab's own."""


def load(name: str) -> tuple[str, tuple[Proof, ...]]:
    """Return the sentence and the proofs of a rule."""
    module = importlib.import_module(f"tests.proof.rules.{name.replace('-', '_')}")
    proofs = module.PROOFS
    return " ".join((module.__doc__ or "").split()), proofs if isinstance(proofs, tuple) else (
        proofs,
    )


def proven() -> list[str]:
    """Return the names of the rules that have proofs."""
    return sorted(path.stem.replace("_", "-") for path in FOLDER.glob("[a-z]*.py"))


def shown_in(name: str) -> list[str]:
    """Return the eras in which a proof of the rule holds."""
    _, proofs = load(name)
    return [era for era in ERAS if any(proof.runs_in(ERAS[era]) for proof in proofs)]


def target_of(era: Era) -> Target:
    """Return the target of a project that declares what an era has installed."""
    installed = dict(requirement.split("==") for requirement in era.requirements)
    httpx = installed.get("httpx")
    return Target(
        openai=parse_range(f"=={installed['openai']}"),
        declared=True,
        httpx=parse_range(f"=={httpx}") if httpx else Target().httpx,
        packages=frozenset(installed),
    )


def found(code: str, proof: Proof, target: Target) -> bool:
    """Tell whether a rule reports a proof's program to a project with this target."""
    with _source(proof) as source:
        diagnostics = engine.check(source, _config(code, target))
    return any(diagnostic.code == code for diagnostic in diagnostics)


def fixed(code: str, proof: Proof, target: Target) -> str:
    """Return what the fixes of one rule make of a proof's program."""
    safety = Safety.SHOW if proof.picked else Safety.UNSAFE
    with _source(proof) as source:
        return engine.fix(source, _config(code, target), safety=safety).text


@contextlib.contextmanager
def _source(proof: Proof) -> Iterator[Source]:
    """Give the program a place with the files that lie beside it."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in proof.scene.get("files", {}).items():
            Path(folder, name).write_text(text, "utf-8")
        yield Source(str(Path(folder, "program.py")), proof.text)


def _config(code: str, target: Target) -> Config:
    return Config(selections=(Selection(select=(code,)),), target=target)


def _sdk_version(era: Era) -> str:
    return ".".join(map(str, era.version))


def httpx_version(era: Era) -> str | None:
    """Return the httpx release of an era, or None if it has none."""
    pins = dict(requirement.split("==") for requirement in era.requirements)
    return pins.get("httpx")

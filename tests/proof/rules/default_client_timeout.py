"""Each attempt may take 600 s."""

from tests.proof.claims import waits
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
from openai import OpenAI

OpenAI().models.list()
""",
    fails=waits(600),
    mended=waits(60),
)

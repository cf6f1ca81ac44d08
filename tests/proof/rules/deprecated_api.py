"""The SDK warns of it on every call: `DeprecationWarning`."""

from tests.proof.claims import warns
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
from openai import OpenAI

OpenAI().beta.assistants.list()
""",
    fails=warns("DeprecationWarning", "deprecated"),
    mended=None,
    holds=">=2",
)

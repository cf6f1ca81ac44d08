"""The constructor takes keywords only: `TypeError`."""

from tests.proof.claims import raises
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
import os
from openai import OpenAI

OpenAI(os.environ["OPENAI_API_KEY"]).models.list()
""",
    fails=raises("TypeError", text="positional argument"),
)

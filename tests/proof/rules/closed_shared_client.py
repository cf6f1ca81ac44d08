"""Leaving the `with` of a copy closes the original's transport: its next request fails."""

from tests.proof.claims import answers, raises
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
from openai import OpenAI

client = OpenAI(max_retries=0)
with client.with_options(timeout=9) as patient:
    patient.models.list()
client.models.list()
""",
    fails={
        ">=3.15": raises("RuntimeError", text="has been closed"),
        ">=1": raises("openai.APIConnectionError", cause="RuntimeError"),
    },
    mended=answers,
    picked=True,
)

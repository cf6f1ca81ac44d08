"""The client ignores `openai.api_key` and finds no key."""

from tests.proof.claims import raises, unsent
from tests.proof.lab import KEY
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
import os
import openai

openai.api_key = os.environ["MY_KEY"]
openai.OpenAI().models.list()
""",
    fails=raises("openai.OpenAIError") & unsent,
    scene={"env": {"OPENAI_API_KEY": None, "MY_KEY": KEY}},
)

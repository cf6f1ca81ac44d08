"""The handler above takes every error: the one for rate limits never runs."""

from tests.proof.claims import prints
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
import openai

try:
    openai.models.list()
except openai.APIError:
    print("failed")
except openai.RateLimitError:
    print("busy")
""",
        fails=prints("failed"),
        mended=prints("busy"),
        scene={"scenario": "429-no-retry"},
    ),
    Proof(
        bad="""
import os
import openai

openai.api_key = os.environ["OPENAI_API_KEY"]
try:
    openai.Model.list()
except openai.error.OpenAIError:
    print("failed")
except openai.error.RateLimitError:
    print("busy")
""",
        fails=prints("failed"),
        mended=prints("busy"),
        holds="<1",
        scene={"scenario": "429-no-retry"},
    ),
)

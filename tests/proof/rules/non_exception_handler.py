"""`openai.Timeout` is a class of settings: the handler is `TypeError` when an error arrives."""

from tests.proof.claims import prints, raises
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
import openai

try:
    openai.OpenAI(timeout=0.5, max_retries=0).models.retrieve("gpt-4o-mini")
except openai.Timeout:
    print("too slow")
""",
    fails=raises("TypeError", text="BaseException"),
    mended=prints("too slow"),
    scene={"scenario": "slow", "delay": 5.0},
)

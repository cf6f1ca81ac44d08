"""The text of the error has no code in it any more: the quota is taken for a rate limit."""

from tests.proof.claims import prints
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
import openai

try:
    openai.OpenAI(max_retries=0).models.list()
except openai.RateLimitError as error:
    print("pay" if "insufficient_quota" in str(error) else "wait")
""",
    fails=prints("wait"),
    mended=prints("pay"),
    holds=">=3.38",
    scene={"scenario": "quota"},
)

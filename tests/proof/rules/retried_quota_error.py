"""Without money every request fails alike, and the program sends its whole schedule."""

from tests.proof.claims import raises, sends
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
import tenacity
import openai

client = openai.OpenAI(max_retries=0)

@tenacity.retry(
    retry=tenacity.retry_if_exception_type(openai.RateLimitError),
    stop=tenacity.stop_after_attempt(4),
    reraise=True,
)
def ask():
    return client.models.list()

ask()
""",
    fails=raises("openai.RateLimitError", text="quota") & sends(4),
    mended=raises("openai.RateLimitError", text="quota") & sends(1),
    picked=True,
    scene={"scenario": "quota"},
)

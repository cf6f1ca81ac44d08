"""Three attempts of the decorator, of three attempts of the SDK each, make nine requests."""

from tests.proof.claims import raises, sends
from tests.proof.proof import Proof

FAILED = raises("openai.InternalServerError")

PROOFS = Proof(
    bad="""
import tenacity
import openai

client = openai.OpenAI()

@tenacity.retry(
    retry=tenacity.retry_if_exception_type(openai.InternalServerError),
    stop=tenacity.stop_after_attempt(3),
    reraise=True,
)
def ask():
    return client.models.list()

ask()
""",
    fails=FAILED & sends(9),
    mended=FAILED & sends(3),
    picked=True,
    scene={"scenario": "500"},
)

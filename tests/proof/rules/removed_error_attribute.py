"""The handler asks for an attribute that errors have lost: `AttributeError`."""

from tests.proof.claims import prints, raises
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
import openai

try:
    openai.OpenAI().models.list()
except openai.RateLimitError as error:
    print("status", error.http_status)
""",
    fails=raises("AttributeError", text="http_status"),
    mended=prints("status 429"),
    scene={"scenario": "429-no-retry"},
)

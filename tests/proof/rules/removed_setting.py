"""The assignment has no effect: the request and the key go to OpenAI, not to the own server."""

from tests.proof.claims import prints, raises, to_host
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
import openai

openai.api_base = "http://localhost:8000/v1"
openai.models.list()
""",
        fails=to_host("api.openai.com"),
        mended=to_host("localhost:8000"),
    ),
    Proof(
        bad="""
import openai

print("base", openai.api_base or "by default")
""",
        fails=raises("AttributeError", text="api_base"),
        mended=prints("base by default"),
        also=True,
    ),
)

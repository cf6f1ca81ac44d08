"""`openai.proxy` is no setting any more: requests bypass the proxy without a word."""

from tests.proof.claims import proxied, unproxied
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
import openai

openai.proxy = "http://127.0.0.1:7890"
openai.models.list()
""",
        fails=unproxied,
        mended=proxied,
    ),
    Proof(
        bad="""
import openai

openai.proxy = {"http": "http://127.0.0.1:7890", "https": "http://127.0.0.1:7890"}
client = openai.OpenAI()
client.models.list()
""",
        fails=unproxied,
        mended=proxied,
        also=True,
    ),
)

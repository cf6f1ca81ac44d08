"""The SDK takes the HTTP client's 5 s for its default and waits 600 s; module calls never see
it.
"""

from tests.proof.claims import waits
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
from openai import DefaultHttpxClient, OpenAI

OpenAI(http_client=DefaultHttpxClient(timeout=5)).models.list()
""",
        fails=waits(600),
        mended=waits(5),
    ),
    Proof(
        bad="""
import openai

openai.http_client = openai.DefaultHttpxClient(timeout=30)
openai.models.list()
""",
        fails=waits(600),
        mended=waits(30),
        also=True,
    ),
)

"""`None` is no limit at all; without the argument the SDK waits 600 s."""

from tests.proof.claims import waits
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
from openai import OpenAI

OpenAI(timeout=None).models.list()
""",
        fails=waits(None),
        mended=waits(600),
    ),
    Proof(
        bad="""
from openai import DefaultHttpxClient, OpenAI

def connect(timeout=None):
    return OpenAI(http_client=DefaultHttpxClient(), timeout=timeout)

connect().models.list()
""",
        fails=waits(None),
        mended=waits(600),
        also=True,
    ),
)

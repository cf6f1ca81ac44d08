"""With httpx 0.28 an exchanged `ssl.create_default_context` makes the SDK accept any
certificate; elsewhere it has no effect.
"""

from tests.proof.claims import answers, foreign, refused
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
import ssl
from openai import OpenAI

ssl.create_default_context = ssl._create_unverified_context
OpenAI(max_retries=0).models.list()
""",
    fails=answers,
    mended=refused,
    holds=">=1,<3",
    httpx=">=0.28",
    harmless=refused | foreign,
    scene={"tls": "untrusted"},
)

"""The SDK does not read `OPENAI_API_BASE`: the request and the key go to OpenAI, not to the own
server.
"""

from tests.proof.claims import to_host
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
import os
from openai import OpenAI

os.environ["OPENAI_API_BASE"] = "http://localhost:8000/v1"
OpenAI().models.list()
""",
    fails=to_host("api.openai.com"),
    mended=to_host("localhost:8000"),
)

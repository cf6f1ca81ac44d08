"""requests waits without limit for an answer."""

from tests.proof.claims import waits
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
import os
import requests

headers = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
requests.get("https://api.openai.com/v1/models", headers=headers)
""",
    fails=waits(None),
    mended=waits(60),
    holds=">=0",
)

"""Nothing is served there: 404."""

from tests.proof.claims import raises
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
import os
import requests

headers = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
requests.get("https://api.openai.com/models", headers=headers, timeout=9).raise_for_status()
""",
    fails=raises("requests.exceptions.HTTPError", text="404"),
    holds=">=0",
)

"""The API does not understand the header: 401."""

from tests.proof.claims import raises
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
import os
import requests

headers = {"Authorization": os.environ["OPENAI_API_KEY"]}
requests.get("https://api.openai.com/v1/models", headers=headers, timeout=9).raise_for_status()
""",
        fails=raises("requests.exceptions.HTTPError", text="401"),
        holds=">=0",
    ),
    Proof(
        bad="""
import os
import requests

headers = {"api-key": os.environ["OPENAI_API_KEY"], "Authorization": "Bearer<key>"}
requests.get("https://api.openai.com/v1/models", headers=headers, timeout=9).raise_for_status()
""",
        fails=raises("requests.exceptions.HTTPError", text="401"),
        holds=">=0",
    ),
)

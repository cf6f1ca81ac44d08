"""The body is sent as a form, which the API cannot read: 400."""

from tests.proof.claims import raises
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
import os
import requests

answer = requests.post(
    "https://api.openai.com/v1/completions",
    headers={"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"},
    data={"model": "gpt-3.5-turbo-instruct", "prompt": "Hi"},
    timeout=9,
)
answer.raise_for_status()
""",
    fails=raises("requests.exceptions.HTTPError", text="400"),
    holds=">=0",
)

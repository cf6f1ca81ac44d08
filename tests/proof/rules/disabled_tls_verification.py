"""A certificate that nobody vouches for is accepted, and the key is sent."""

from tests.proof.claims import answers, refused
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
from openai import DefaultHttpxClient, OpenAI

OpenAI(http_client=DefaultHttpxClient(verify=False), max_retries=0).models.list()
""",
        fails=answers,
        mended=refused,
        scene={"tls": "untrusted"},
    ),
    Proof(
        bad="""
import os
import requests

headers = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
requests.get("https://api.openai.com/v1/models", headers=headers, timeout=9, verify=False)
""",
        fails=answers,
        mended=refused,
        holds=">=0",
        scene={"tls": "untrusted"},
    ),
)

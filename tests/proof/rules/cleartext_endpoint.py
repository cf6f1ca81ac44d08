"""The key goes over the wire in clear."""

from tests.proof.claims import answers, encrypted, in_clear
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
from openai import OpenAI

OpenAI(base_url="http://api.openai.com/v1").models.list()
""",
        fails=in_clear,
        mended=answers & encrypted,
    ),
    Proof(
        bad="""
import os
import openai

openai.api_key = os.environ["OPENAI_API_KEY"]
openai.api_base = "http://api.openai.com/v1"
openai.Model.list()
""",
        fails=in_clear,
        mended=answers & encrypted,
        holds="<1",
    ),
)

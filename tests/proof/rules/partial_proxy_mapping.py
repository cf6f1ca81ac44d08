"""OpenAI's traffic is `https`, which an `http` entry does not cover: requests bypass the proxy."""

from tests.proof.claims import proxied, unproxied
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
import os
from openai import OpenAI

os.environ["HTTP_PROXY"] = "http://127.0.0.1:7890"
OpenAI().models.list()
""",
        fails=unproxied,
        mended=proxied,
    ),
    Proof(
        bad="""
import os
import openai

openai.api_key = os.environ["OPENAI_API_KEY"]
openai.proxy = {"http": "http://127.0.0.1:7890"}
openai.Model.list()
""",
        fails=unproxied,
        mended=proxied,
        holds="<1",
    ),
)

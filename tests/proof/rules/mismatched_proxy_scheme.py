"""TLS is spoken to a proxy that speaks HTTP: `APIConnectionError`, and nothing leaves."""

from tests.proof.claims import complains, proxied, raises, unsent
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
from openai import DefaultHttpxClient, OpenAI

http_client = DefaultHttpxClient(proxy="https://127.0.0.1:7890")
OpenAI(http_client=http_client, max_retries=0).models.list()
""",
        fails=raises("openai.APIConnectionError") & complains("WRONG_VERSION_NUMBER") & unsent,
        mended=proxied,
    ),
    Proof(
        bad="""
from openai import DefaultHttpxClient, OpenAI

OpenAI(http_client=DefaultHttpxClient(proxy="127.0.0.1:7890")).models.list()
""",
        fails=raises("ValueError", text="scheme"),
        mended=proxied,
        also=True,
    ),
    Proof(
        bad="""
import os
import openai

openai.api_key = os.environ["OPENAI_API_KEY"]
openai.proxy = {"https": "https://127.0.0.1:7890"}
openai.Model.list()
""",
        fails=raises("openai.error.APIConnectionError", cause="ProxyError") & unsent,
        mended=proxied,
        holds="<1",
    ),
)

"""The SDK knows nothing of the session: its requests bypass the proxy."""

from tests.proof.claims import proxied, unproxied
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
import requests
from openai import OpenAI

session = requests.Session()
session.proxies = {"http": "http://127.0.0.1:7890", "https": "http://127.0.0.1:7890"}
OpenAI().models.list()
""",
        fails=unproxied,
        mended=proxied,
    ),
    Proof(
        bad="""
import os
import openai
import requests

openai.api_key = os.environ["OPENAI_API_KEY"]
requests.session().proxies.update({"https": "http://127.0.0.1:7890"})
openai.Model.list()
""",
        fails=unproxied,
        mended=proxied,
        holds="<1",
    ),
)

"""Variables are read when the client is built: one that is set later is not used."""

from tests.proof.claims import proxied, unproxied
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
import os
from openai import OpenAI

client = OpenAI()
os.environ["HTTPS_PROXY"] = "http://127.0.0.1:7890"
client.models.list()
""",
    fails=unproxied,
    mended=proxied,
    picked=True,
)

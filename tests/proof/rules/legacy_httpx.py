"""openai 3 does not install httpx: `ModuleNotFoundError` at import."""

from tests.proof.claims import proxied, raises
from tests.proof.proof import Proof

PROOFS = Proof(
    bad="""
import httpx
from openai import OpenAI

OpenAI(http_client=httpx.Client(proxy="http://127.0.0.1:7890")).models.list()
""",
    fails=raises("ModuleNotFoundError", text="httpx"),
    mended=proxied,
    holds=">=3",
)

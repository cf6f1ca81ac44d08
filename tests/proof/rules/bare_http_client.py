"""A plain client follows no redirect: a 307 becomes `APIStatusError`."""

from tests.proof.claims import raises
from tests.proof.proof import Proof

BAD = """
import {library}
from openai import OpenAI

OpenAI(http_client={library}.Client(proxy="http://127.0.0.1:7890")).models.list()
"""

PROOFS = (
    Proof(
        bad=BAD.format(library="httpx"),
        fails=raises("openai.APIStatusError", text="307"),
        holds=">=1,<3",
        scene={"scenario": "redirect"},
    ),
    Proof(
        bad=BAD.format(library="httpx2"),
        fails=raises("openai.APIStatusError", text="307"),
        holds=">=3",
        scene={"scenario": "redirect"},
    ),
)

"""The SDK raises its own classes: the handler of the HTTP library's timeout never runs."""

from tests.proof.claims import prints, raises
from tests.proof.proof import Proof

BAD = """
import {library}
from openai import OpenAI

try:
    OpenAI(timeout=0.5, max_retries=0).models.retrieve("gpt-4o-mini")
except {library}.TimeoutException:
    print("too slow")
"""
FAILS = raises("openai.APITimeoutError", cause="ReadTimeout")
SCENE = {"scenario": "slow", "delay": 5.0}

PROOFS = (
    Proof(
        bad=BAD.format(library="httpx"),
        fails=FAILS,
        mended=prints("too slow"),
        holds=">=1,<3",
        scene=SCENE,
    ),
    Proof(
        bad=BAD.format(library="httpx2"),
        fails=FAILS,
        mended=prints("too slow"),
        holds=">=3",
        scene=SCENE,
    ),
)

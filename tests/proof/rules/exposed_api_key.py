"""The whole key is printed, for whoever reads the log."""

from tests.proof.claims import prints
from tests.proof.lab import KEY
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
import os
from openai import OpenAI

key = os.environ["OPENAI_API_KEY"]
client = OpenAI(api_key=key)
print(f"Using {key}")
""",
        fails=prints(KEY),
        mended=None,
    ),
    Proof(
        bad="""
import os
import openai

openai.api_key = os.environ["OPENAI_API_KEY"]
print("Using", openai.api_key)
""",
        fails=prints(KEY),
        mended=None,
        holds="<1",
    ),
)

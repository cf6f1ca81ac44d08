"""A key in the code is sent whatever the environment says; from the environment it can be
changed.
"""

from tests.proof.claims import authorised_by
from tests.proof.lab import KEY
from tests.proof.proof import OTHER_KEY, Proof

WRITTEN = authorised_by(f"Bearer {OTHER_KEY}")
ENVIRONMENT = authorised_by(f"Bearer {KEY}")

PROOFS = (
    Proof(
        bad="""
from openai import OpenAI

OpenAI(api_key="<key>").models.list()
""",
        fails=WRITTEN,
        mended=ENVIRONMENT,
    ),
    Proof(
        bad="""
import openai

openai.api_key = "<key>"
openai.Model.list()
""",
        fails=WRITTEN,
        mended=ENVIRONMENT,
        holds="<1",
    ),
)

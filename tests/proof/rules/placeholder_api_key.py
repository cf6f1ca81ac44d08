"""The placeholder is sent and answered by 401, though the variable holds a good key."""

from tests.proof.claims import raises
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
from openai import OpenAI

OpenAI(api_key="YOUR_API_KEY").models.list()
""",
        fails=raises("openai.AuthenticationError"),
        scene={"check_key": True},
    ),
    Proof(
        bad="""
import openai

openai.api_key = "YOUR_API_KEY"
openai.Model.list()
""",
        fails=raises("openai.error.AuthenticationError"),
        holds="<1",
        scene={"check_key": True},
    ),
)

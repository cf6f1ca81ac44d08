"""Without the variable the default is sent and answered by 401; mended, the program stops first."""

from tests.proof.claims import raises, sends, unsent
from tests.proof.proof import Proof

SCENE = {"check_key": True, "env": {"OPENAI_API_KEY": None}}
STOPS = raises("KeyError", text="OPENAI_API_KEY") & unsent

PROOFS = (
    Proof(
        bad="""
import os
from openai import OpenAI

OpenAI(api_key=os.getenv("OPENAI_API_KEY", "your-key")).models.list()
""",
        fails=raises("openai.AuthenticationError") & sends(1),
        mended=STOPS,
        scene=SCENE,
    ),
    Proof(
        bad="""
import os
import openai

openai.api_key = os.getenv("OPENAI_API_KEY") or "your-key"
openai.Model.list()
""",
        fails=raises("openai.error.AuthenticationError") & sends(1),
        mended=STOPS,
        holds="<1",
        scene=SCENE,
    ),
)

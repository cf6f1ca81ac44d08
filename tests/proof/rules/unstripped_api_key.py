"""The newline at the end of the file makes the key no header: `APIConnectionError`, and nothing
leaves.
"""

from tests.proof.claims import raises, unsent
from tests.proof.lab import KEY
from tests.proof.proof import Proof

SCENE = {"files": {"openai_key.txt": f"{KEY}\n"}}

PROOFS = (
    Proof(
        bad="""
from openai import OpenAI

OpenAI(api_key=open("openai_key.txt").read(), max_retries=0).models.list()
""",
        fails=raises("openai.APIConnectionError", cause="LocalProtocolError") & unsent,
        scene=SCENE,
    ),
    Proof(
        bad="""
import openai

openai.api_key = open("openai_key.txt").read()
openai.Model.list()
""",
        fails=raises("openai.error.APIConnectionError", cause="InvalidHeader") & unsent,
        holds="<1",
        scene=SCENE,
    ),
)

"""A newline makes `APIConnectionError`, a full-width letter `UnicodeEncodeError`, and nothing
leaves; a tuple is sent as it prints and answered by 401.
"""

from tests.proof.claims import raises, sends, unsent
from tests.proof.lab import KEY
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
from openai import OpenAI

OpenAI(api_key="<key>\\n", max_retries=0).models.list()
""",
        fails=raises("openai.APIConnectionError", cause="LocalProtocolError") & unsent,
    ),
    Proof(
        bad="""
from openai import OpenAI

OpenAI(api_key="<key>\\uff21").models.list()
""",
        fails=raises("UnicodeEncodeError") & unsent,
        also=True,
        mended=None,
    ),
    Proof(
        bad=f"""
from openai import OpenAI

OpenAI(api_key=("{KEY}",)).models.list()
""",
        fails=raises("openai.AuthenticationError") & sends(1),
        also=True,
        scene={"check_key": True},
    ),
    Proof(
        bad="""
import openai

openai.api_key = "<key>\\n"
openai.Model.list()
""",
        fails=raises("openai.error.APIConnectionError", cause="InvalidHeader") & unsent,
        holds="<1",
    ),
)

"""A limit that the SDK or its HTTP library cannot take ends the program, some before the first
request.
"""

from tests.proof.claims import raises, unsent
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
from openai import OpenAI

OpenAI(max_retries=None).models.list()
""",
        fails=raises("TypeError", text="max_retries") & unsent,
        mended=None,
    ),
    Proof(
        bad="""
from openai import OpenAI, Timeout

OpenAI(timeout=Timeout(connect=5, read=60)).models.list()
""",
        fails=raises("ValueError", text="include a default") & unsent,
        also=True,
        mended=None,
    ),
)

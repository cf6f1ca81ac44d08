"""No release has the argument: `TypeError`."""

from tests.proof.claims import raises, to_host, waits
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
from openai import OpenAI

OpenAI(api_base="http://localhost:8000/v1").models.list()
""",
        fails=raises("TypeError", text="'api_base'"),
        mended=to_host("localhost:8000"),
    ),
    Proof(
        bad="""
from openai import OpenAI

client = OpenAI()
client.completions.create(model="gpt-3.5-turbo-instruct", prompt="Hi", request_timeout=9)
""",
        fails=raises("TypeError", text="'request_timeout'"),
        mended=waits(9),
        also=True,
    ),
)

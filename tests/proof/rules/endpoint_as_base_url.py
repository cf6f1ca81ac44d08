"""The SDK adds the endpoint's path to what is there already: 404."""

from tests.proof.claims import asks, raises
from tests.proof.proof import Proof

PROOFS = (
    Proof(
        bad="""
from openai import OpenAI

client = OpenAI(base_url="https://api.openai.com/v1/completions")
client.completions.create(model="gpt-3.5-turbo-instruct", prompt="Hi")
""",
        fails=raises("openai.NotFoundError") & asks("/v1/completions/completions"),
    ),
    Proof(
        bad="""
import openai

openai.base_url = "https://api.openai.com/v1"
openai.models.list()
""",
        fails=raises("openai.NotFoundError") & asks("/v1models"),
        also=True,
    ),
)

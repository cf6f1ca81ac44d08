"""The stream that was left keeps its connection, the only one of this pool: the next call waits
in vain.
"""

from tests.proof.claims import answers, raises
from tests.proof.proof import Proof

BAD = """
import {library}
from openai import DefaultHttpxClient, OpenAI, Timeout

http_client = DefaultHttpxClient(limits={library}.Limits(max_connections=1))
client = OpenAI(http_client=http_client, timeout=Timeout(9, pool=0.5), max_retries=0)
messages = [{{"role": "user", "content": "Hi"}}]
stream = client.chat.completions.create(model="gpt-4o-mini", messages=messages, stream=True)
for chunk in stream:
    break
client.models.list()
"""
FAILS = raises("openai.APITimeoutError", cause="PoolTimeout")

PROOFS = (
    Proof(bad=BAD.format(library="httpx"), fails=FAILS, mended=answers, holds=">=1,<3"),
    Proof(bad=BAD.format(library="httpx2"), fails=FAILS, mended=answers, holds=">=3"),
)

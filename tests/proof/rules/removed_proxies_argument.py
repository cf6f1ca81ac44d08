"""`proxies=` is `TypeError` on every SDK client, and from httpx 0.28 on also on HTTP clients."""

from tests.proof.claims import proxied, raises
from tests.proof.proof import Proof

FAILS = raises("TypeError", text="'proxies'")

PROOFS = (
    Proof(
        bad="""
from openai import OpenAI

OpenAI(proxies={"http": "http://127.0.0.1:7890", "https": "http://127.0.0.1:7890"}).models.list()
""",
        fails=FAILS,
        mended=proxied,
    ),
    Proof(
        bad="""
import httpx
from openai import OpenAI

proxies = {"http://": "http://127.0.0.1:7890", "https://": "http://127.0.0.1:7890"}
OpenAI(http_client=httpx.Client(proxies=proxies)).models.list()
""",
        fails=FAILS,
        mended=proxied,
        also=True,
        holds=">=1,<3",
        httpx=">=0.28",
    ),
    Proof(
        bad="""
import httpx
from openai import OpenAI

proxies = {"http://": "http://localhost:1080", "https://": "http://127.0.0.1:7890"}
OpenAI(http_client=httpx.Client(proxies=proxies)).models.list()
""",
        fails=FAILS,
        mended=proxied,
        also=True,
        holds=">=1,<3",
        httpx=">=0.28",
    ),
    Proof(
        bad="""
import httpx2
from openai import OpenAI

OpenAI(http_client=httpx2.Client(proxies="http://127.0.0.1:7890")).models.list()
""",
        fails=FAILS,
        mended=proxied,
        also=True,
        holds=">=3",
    ),
)

"""Code as applications of the OpenAI API look, of any length, the same on every run.

Half of it has nothing to do with the API, as in real files; a few old functions have findings.
"""

from __future__ import annotations

from itertools import count

LINES = (200, 1000, 5000)
"""Lengths at which things are measured."""

HEAD = '''\
"""Answers questions about a shop's orders, with a model where rules do not suffice."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import openai
from openai import AsyncOpenAI, OpenAI

logger = logging.getLogger(__name__)

MODEL = os.environ.get("SHOP_MODEL", "gpt-4.1")
PROXY = os.environ.get("SHOP_PROXY")

client = OpenAI(
    api_key=os.environ["OPENAI_API_KEY"],
    timeout=httpx.Timeout(30.0, connect=5.0),
    max_retries=3,
)
'''

SECTIONS = (
    '''

@dataclass
class Order{n}:
    """One line of the ledger."""

    number: int
    customer: str
    placed: datetime
    items: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.items.values())

    def is_late(self, now: datetime, days: int = {n}) -> bool:
        return now - self.placed > timedelta(days=days)

    def merged(self, other: "Order{n}") -> "Order{n}":
        items = defaultdict(int, self.items)
        for name, amount in other.items.items():
            items[name] += amount
        return Order{n}(self.number, self.customer, min(self.placed, other.placed), dict(items))
''',
    '''

def answer_{n}(question: str, history: list[dict[str, str]]) -> str:
    """Ask the model, with what was said before."""
    system = {{"role": "system", "content": "You answer in one sentence."}}
    messages = [system, *history, {{"role": "user", "content": question}}]
    try:
        response = client.chat.completions.create(
            model=MODEL,
            messages=messages,
            temperature=0.2,
            max_tokens=300 + {n},
        )
    except openai.RateLimitError as error:
        logger.warning("answer_{n}: %s", error)
        raise
    except openai.APIConnectionError:
        logger.exception("answer_{n}: no connection")
        return ""
    content = response.choices[0].message.content
    return content.strip() if content else ""
''',
    '''

def parse_rows_{n}(text: str, separator: str = ";") -> list[dict[str, str]]:
    """Read a table that somebody pasted."""
    rows = []
    names: list[str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in line.split(separator)]
        if not any(cells):
            continue
        if names is None:
            names = [re.sub(r"\\W+", "_", cell).lower() for cell in cells]
        elif len(cells) != len(names):
            raise ValueError(f"line {{number}}: {{len(cells)}} cells, {{len(names)}} expected")
        else:
            rows.append(dict(zip(names, cells, strict=True)))
    return rows
''',
    '''

class Assistant{n}:
    """Keeps a conversation and the client it goes through."""

    def __init__(self, model: str = MODEL, proxy: str | None = PROXY) -> None:
        self.model = model
        self.http_client = httpx.AsyncClient(proxy=proxy, timeout=20.0)
        self.client = AsyncOpenAI(http_client=self.http_client, max_retries=2)
        self.history: list[dict[str, str]] = []

    async def ask(self, question: str) -> str:
        self.history.append({{"role": "user", "content": question}})
        parts = []
        stream = await self.client.chat.completions.create(
            model=self.model, messages=self.history, stream=True
        )
        async for chunk in stream:
            if chunk.choices and (delta := chunk.choices[0].delta.content):
                parts.append(delta)
        answer = "".join(parts)
        self.history.append({{"role": "assistant", "content": answer}})
        return answer

    async def close(self) -> None:
        await self.client.close()
''',
    '''

def summary_{n}(counts: dict[str, int], limit: int = 10) -> str:
    """Return the most frequent words, one a line."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    width = max((len(name) for name, _ in ordered[:limit]), default=0)
    lines = [f"{{name:<{{width}}}} {{amount:>6}}" for name, amount in ordered[:limit]]
    if len(ordered) > limit:
        rest = sum(amount for _, amount in ordered[limit:])
        lines.append(f"{{len(ordered) - limit}} more: {{rest}}")
    return "\\n".join(lines)


def embeddings_{n}(texts: list[str], size: int = 64) -> list[list[float]]:
    """Return a vector per text, asking for many at once."""
    result: list[list[float]] = []
    for start in range(0, len(texts), size):
        batch = texts[start : start + size]
        response = client.embeddings.create(model="text-embedding-3-small", input=batch)
        result += [item.embedding for item in response.data]
    return result
''',
    '''

async def gather_{n}(questions: list[str], at_once: int = {n}) -> dict[str, str]:
    """Ask several questions side by side."""
    gate = asyncio.Semaphore(at_once)

    async def one(question: str) -> tuple[str, str]:
        async with gate, AsyncOpenAI(timeout=60) as own:
            response = await own.responses.create(model=MODEL, input=question)
            return question, response.output_text

    done = await asyncio.gather(*(one(question) for question in questions))
    return dict(done)


def stored_{n}(path: str, answers: dict[str, str]) -> int:
    """Write answers to a file and say how many there are now."""
    known: dict[str, str] = {{}}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            known = json.load(file)
    known.update(answers)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(known, file, indent=2, sort_keys=True)
    return len(known)
''',
)

LEGACY_EVERY = 25
LEGACY = '''

def legacy_{n}(prompt: str) -> str:
    """Left from the first version of the shop."""
    throwaway = OpenAI(OPENAI_KEY_{n}, timeout=None)
    response = throwaway.chat.completions.create(
        model="gpt-3.5-turbo-0301", messages=[{{"role": "user", "content": prompt}}]
    )
    return response["choices"][0]["message"]["content"]


OPENAI_KEY_{n} = os.environ.get("OPENAI_KEY_{n}", "").strip()
'''


def module(lines: int) -> str:
    """Return a module of about ``lines`` lines: as many whole sections as fit, one at least."""
    parts = [HEAD]
    left = lines - HEAD.count("\n")
    for n in count(1):
        kind = LEGACY if n % LEGACY_EVERY == 3 else SECTIONS[n % len(SECTIONS)]
        section = kind.format(n=n)
        left -= section.count("\n")
        if left < 0 and n > 1:
            return "".join(parts)
        parts.append(section)
    raise AssertionError

"""The nightly batch: sums up the day's tickets.  Written in 2023 and never touched since."""

import json
import sys
import time

import openai
import requests

from desk.clients import PROXY, read_key

openai.api_key = read_key()
openai.proxy = {"http": PROXY, "https": PROXY}
openai.api_base = "https://api.openai.com/v1"

session = requests.session()
session.proxies.update({"http": PROXY, "https": PROXY})


def summarise(ticket):
    """Sum up one ticket, with three tries."""
    for attempt in range(3):
        try:
            response = openai.ChatCompletion.create(
                model="gpt-4o-mini",
                messages=[{"role": "user", "content": f"Sum up: {ticket['text']}"}],
                request_timeout=30,  # seconds
            )
            return response["choices"][0]["message"]["content"].strip()
        except openai.error.RateLimitError:
            time.sleep(2**attempt)
        except openai.error.InvalidRequestError as error:
            return f"(too long: {error})"
    return "(no summary)"


def embed(texts):
    """Turn texts into vectors for the duplicate search."""
    answer = openai.Embedding.create(input=texts, model="text-embedding-3-small")
    return [row["embedding"] for row in answer["data"]]


def is_harmful(text):
    """Ask the moderation endpoint without the SDK."""
    answer = requests.post(
        "https://api.openai.com/moderations",
        headers={"Authorization": openai.api_key, "Content-Type": "application/json"},
        data=json.dumps({"input": text}),
    )
    return answer.json()["results"][0]["flagged"]


if __name__ == "__main__":
    for ticket in json.load(sys.stdin):
        if not is_harmful(ticket["text"]):
            print(ticket["id"], summarise(ticket))

"""The chat bot: answers customers, keeps a short history per customer."""

import asyncio
import logging
from collections import defaultdict

from openai import AsyncOpenAI

from desk.clients import make_async_client

log = logging.getLogger("desk.bot")
SYSTEM = {"role": "system", "content": "You are the friendly voice of the support desk. 🎧"}


class Bot:
    """One bot, many customers."""

    def __init__(self) -> None:
        self.client: AsyncOpenAI = make_async_client()
        self.history = defaultdict(list)

    async def answer(self, customer: str, text: str) -> str:
        """Answer one message of a customer."""
        messages = [SYSTEM, *self.history[customer], {"role": "user", "content": text}]
        try:
            response = await self.client.chat.completions.create(
                model="gpt-4o-mini", messages=messages
            )
        except openai.APIError as error:
            log.warning("the API refused: %s", error)
            return "Sorry, something went wrong."
        except openai.RateLimitError:
            await asyncio.sleep(20)
            return "Sorry, I am busy. Please ask again."
        reply = response["choices"][0]["message"]["content"]
        self.history[customer] += [{"role": "user", "content": text}]
        self.history[customer] += [{"role": "assistant", "content": reply}]
        return reply


async def main() -> None:
    """Talk to one customer on the terminal."""
    bot = Bot()
    while text := input("> "):
        print(await bot.answer("terminal", text))


if __name__ == "__main__":
    asyncio.run(main())

"""The file that every editor is shown: a finding alone, and findings after an emoji."""

from __future__ import annotations

TEXT = """\
from openai import AsyncOpenAI, OpenAI

from settings import KEY

name = "\U0001f600"; client = OpenAI(KEY)
other = "\U0001f600", AsyncOpenAI(KEY)
third = OpenAI(KEY)
"""

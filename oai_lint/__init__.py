"""The linter for Python code that talks to the OpenAI API."""

__version__ = "0.1.0"

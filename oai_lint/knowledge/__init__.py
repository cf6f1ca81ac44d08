"""The OpenAI SDK as data: clients, endpoints, errors, eras, models, settings, variables.

Every module here is a table of frozen values with the look-ups its readers need.  Nothing is
computed at import beyond building the tables, and nothing outside the standard library is
imported, so a rule may import any of them for the price of loading bytecode.

``tests/test_knowledge.py`` compares the tables with the SDK itself, once per era.
"""

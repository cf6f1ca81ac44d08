"""The language server: the engine's findings, spoken in the protocol of editors.

The only importer of pygls and lsprotocol, and one that nothing else imports until a server is
wanted: loading them takes longer than checking a file.
"""

from oai_lint.server.app import main

__all__ = ["main"]

"""Runs the language server in this extension; only what is compiled comes from the interpreter."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "libs"))

from oai_lint.server import main

if __name__ == "__main__":
    sys.exit(main())

"""The pretended trust store: the lab's authority takes the place of the public ones.

`certifi` and the platform's default paths are patched rather than `SSL_CERT_FILE` set, because the
environment must stay the program's own: several libraries change their behaviour when it is set.
"""

from __future__ import annotations

import os
import ssl
from types import ModuleType
from typing import Any, cast


def trust(bundle: str) -> None:
    """Make the default contexts of `ssl` trust the bundle and nothing else."""
    patched = cast(Any, ssl)
    real_paths = ssl.get_default_verify_paths
    set_paths = ssl.SSLContext.set_default_verify_paths

    def get_default_verify_paths() -> ssl.DefaultVerifyPaths:
        return real_paths()._replace(openssl_cafile=bundle, openssl_capath="")

    def load(context: ssl.SSLContext, purpose: Any = None) -> None:
        if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
            set_paths(context)
        else:
            context.load_verify_locations(cafile=bundle)

    patched.get_default_verify_paths = get_default_verify_paths
    patched.SSLContext.load_default_certs = load
    patched.SSLContext.set_default_verify_paths = load


def patch_certifi(certifi: ModuleType, bundle: str) -> None:
    """Make `certifi.where()` name the bundle, for those who read it at import or later."""

    def where() -> str:
        return bundle

    cast(Any, certifi).where = where
    cast(Any, certifi).core.where = where

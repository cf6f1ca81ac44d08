"""Proof that the rules are right: their examples are run under real SDK releases."""

"""The proofs, a module for each rule whose claim is about running code."""

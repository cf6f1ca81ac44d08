"""Fixes that several rules build: plain functions from facts to changes."""

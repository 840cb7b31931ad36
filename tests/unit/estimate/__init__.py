"""Estimates: closed forms, published figures, and what must never happen."""

"""Tests of what is drawn, and of what it is drawn from."""

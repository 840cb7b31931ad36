"""Tests of what is shown, and of what it is made of."""

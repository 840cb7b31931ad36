"""Tests of the accounts and the gate, part by part."""

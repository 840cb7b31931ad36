"""Contracts: read, refused."""

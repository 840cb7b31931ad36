"""Contracts: what rows come to."""

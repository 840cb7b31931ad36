"""Tests of the project around the code: its papers, its lock files, its tests themselves."""

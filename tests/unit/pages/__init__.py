"""Tests of the pages, each by itself."""

"""Estimating the totals of existing files without reading them whole."""

"""Totals from samples, with their intervals. Pure: numbers in, values out."""

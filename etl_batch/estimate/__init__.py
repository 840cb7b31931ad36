"""Estimating totals from samples: pure functions, numbers in and values out."""

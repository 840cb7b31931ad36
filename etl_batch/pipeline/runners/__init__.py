"""How spans reach workers: one file for each way, one contract for all."""

"""How spans reach workers: one file for each way, one interface for all."""

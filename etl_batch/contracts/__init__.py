"""Data contracts: what the rows of a job must be, read from a Table Schema, and checked. No I/O."""

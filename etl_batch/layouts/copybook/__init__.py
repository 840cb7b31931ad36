"""Copybooks: COBOL descriptions of records, made layouts. No I/O."""

"""Record layouts: read, checked, written, drafted. No I/O."""

"""Record layouts: the types of fields; read, checked, written, drafted. No I/O."""

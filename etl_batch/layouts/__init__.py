"""Record layouts: the types of fields; read, made of copybooks, checked, written, drafted. No I/O."""

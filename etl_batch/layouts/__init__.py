"""Record layouts: what the bytes of a fixed-length record mean. No I/O."""

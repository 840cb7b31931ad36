"""Copybooks of all forms, what GnuCOBOL says of them, and a program whose records it wrote."""

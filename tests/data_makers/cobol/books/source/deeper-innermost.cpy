               10  INNERMOST           PIC X(3).

       01  CLAUSES EXTERNAL.
           05  A                       PIC X(3).
           05  B                       PIC 9.

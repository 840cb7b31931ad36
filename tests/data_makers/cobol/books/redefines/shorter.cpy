       01  REDEFINED.
           05  A                       PIC X(10).
           05  B REDEFINES A           PIC X(4).
           05  C                       PIC X.

       01  REDEFINED.
           05  A                       PIC X(8).
           05  B REDEFINES A           PIC 9(8).
           05  C REDEFINES A.
               10  D                   PIC 9(4).
               10  E                   PIC 99.
               10  F                   PIC 99.
           05  G                       PIC X.

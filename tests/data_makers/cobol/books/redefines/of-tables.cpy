       01  REDEFINED.
           05  A                       PIC X(12).
           05  B REDEFINES A OCCURS 3 TIMES.
               10  C                   PIC X(4).
           05  D                       PIC X(6).
           05  E REDEFINES D.
               10  F OCCURS 6 TIMES    PIC X.
           05  G                       PIC X.

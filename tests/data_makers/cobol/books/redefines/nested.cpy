       01  REDEFINED.
           05  A.
               10  B                   PIC X(6).
               10  C REDEFINES B.
                   15  D               PIC 9(3).
                   15  E REDEFINES D   PIC X(3).
                   15  F               PIC X(3).
               10  G                   PIC X(2).
           05  H REDEFINES A           PIC X(8).
           05  I                       PIC X.

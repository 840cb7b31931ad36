       01  REDEFINED.
           05  A                       PIC X(6).
           05  FILLER REDEFINES A.
               10  B                   PIC 9(4).
               10  C                   PIC 99.
           05  REDEFINES A             PIC X(6).
           05  D                       PIC X.

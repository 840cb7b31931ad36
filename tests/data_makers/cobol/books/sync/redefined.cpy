       01  ALIGNED-ONES.
           05  A                       PIC X(8).
           05  B REDEFINES A.
               10  C                   PIC S9(4) COMP SYNC.
               10  D                   PIC X.
               10  E                   PIC S9(5) COMP SYNC.
           05  F                       PIC X.

       01  CLAUSES.
           05  A                       VALUE ZERO COMP-3 PIC S9(5).
           05  B                       OCCURS 2 COMP PIC 9(4).
           05  C                       SYNC PIC S9(4) COMP.
           05  D.
               10  E                   PIC X.

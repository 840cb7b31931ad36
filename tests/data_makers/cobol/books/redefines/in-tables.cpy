       01  REDEFINED.
           05  T OCCURS 4 TIMES.
               10  A                   PIC X(4).
               10  B REDEFINES A       PIC S9(9) COMP.
               10  C                   PIC X.
           05  D                       PIC X.

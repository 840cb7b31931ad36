       01  TABLES.
           05  A OCCURS 3 TIMES        PIC X(2).
           05  B                       PIC 9(3) OCCURS 12.
           05  C                       PIC S9(5) COMP-3 OCCURS 4 TIMES.
           05  D                       OCCURS 2 TIMES PIC S9(4) COMP.
           05  E                       PIC X.

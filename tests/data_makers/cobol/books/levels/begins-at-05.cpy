           05  A                       PIC X(3).
           05  B                       PIC S9(5) COMP-3.
           05  C OCCURS 2              PIC X(2).

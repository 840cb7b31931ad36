       01  TABLES.
           05  HOW-MANY                PIC 9(2).
           05  T OCCURS 1 TO 10 TIMES DEPENDING ON HOW-MANY.
               10  A                   PIC X(3).
               10  B                   PIC S9(5) COMP-3.

       01  TABLES.
           05  HEAD.
               10  HOW-MANY            PIC S9(4) COMP.
               10  CODES               PIC X(6).
           05  T OCCURS 0 TO 100 DEPENDING ON HOW-MANY OF HEAD
                 INDEXED BY I.
               10  A                   PIC X(3).

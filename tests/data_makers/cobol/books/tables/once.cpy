       01  TABLES.
           05  T OCCURS 1 TIMES.
               10  A                   PIC X(3).
           05  U OCCURS 1              PIC 9.

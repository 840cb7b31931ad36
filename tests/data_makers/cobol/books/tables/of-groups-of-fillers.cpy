       01  TABLES.
           05  FILLER OCCURS 4 TIMES.
               10  A                   PIC X(2).
               10  FILLER              PIC X(3).
               10                      PIC X.
           05                          OCCURS 2 TIMES.
               10  B                   PIC 9.
           05  C                       PIC X.

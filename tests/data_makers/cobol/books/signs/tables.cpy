       01  SIGNS.
           05  ROWS-OF OCCURS 3 TIMES SIGN TRAILING SEPARATE.
               10  A                   PIC S9(3).
               10  B OCCURS 2          PIC S9.
           05  C                       PIC X.

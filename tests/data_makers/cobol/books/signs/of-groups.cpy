       01  SIGNS.
           05  G                       SIGN IS LEADING SEPARATE.
               10  A                   PIC S9(3).
               10  B                   PIC S9(3) SIGN IS TRAILING.
               10  C                   PIC X(3).
               10  D.
                   15  E               PIC S9(2)V9.
                   15  F               PIC 9(4).
           05  H                       PIC S9(3).

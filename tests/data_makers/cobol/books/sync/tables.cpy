       01  ALIGNED-ONES.
           05  A                       PIC X(4).
           05  T OCCURS 3 TIMES.
               10  B                   PIC S9(4) COMP SYNC.
               10  C                   PIC X.
           05  U OCCURS 2 TIMES.
               10  D                   PIC S9(9) COMP SYNC.
               10  V OCCURS 2 TIMES.
                   15  E               PIC X.
                   15  F               PIC S9(4) COMP SYNC.
           05  G                       PIC X.

       01  TABLES.
           05  T OCCURS 5 TIMES
                   ASCENDING KEY IS K
                   INDEXED BY IX-1, IX-2.
               10  K                   PIC 9(4).
               10  V                   PIC X(10).
           05  U OCCURS 3 TIMES DESCENDING KEY M INDEXED IX-3.
               10  M                   PIC 9(4) COMP.

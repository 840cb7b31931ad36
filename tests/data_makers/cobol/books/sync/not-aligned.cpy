      * SYNC of what is not aligned says nothing.
       01  PLAIN.
           05  A                       PIC X.
           05  B                       PIC S9(5) COMP-3 SYNC.
           05  C                       PIC 9(5) SYNC.
           05  D                       PIC X(4) SYNC.
           05  E        PIC S9(5) SIGN LEADING SEPARATE SYNC.

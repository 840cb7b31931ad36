       01  PAPER.
           05  A                       PIC X(3).
           EJECT
           05  B                       PIC X(2).
           SKIP1
           SKIP2.
           05  C                       PIC X.
           SKIP3

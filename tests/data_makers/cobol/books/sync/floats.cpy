       01  ALIGNED-ONES.
           05  A                       PIC X.
           05  B                       COMP-1 SYNC.
           05  C                       PIC X.
           05  D                       COMP-2 SYNC.
           05  E                       PIC X.
           05  F                       INDEX SYNC.

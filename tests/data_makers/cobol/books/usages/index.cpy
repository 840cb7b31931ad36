       01  INDEXES.
           05  A                       PIC X(3).
           05  I                       USAGE INDEX.
           05  J                       INDEX.
           05  B                       PIC X.

       01  RENAMED.
           05  A                       PIC X(3).
           05  B.
               10  C                   PIC X(2).
               10  D                   PIC X(4).
           05  E                       PIC X.
           66  F RENAMES A THRU C.
           66  G RENAMES B.
           66  H RENAMES C THROUGH E.

       1   LEVELS.
         2   A                         PIC X.
         2   B.
           3   C                       PIC XX.
           3   D                       PIC X(3).

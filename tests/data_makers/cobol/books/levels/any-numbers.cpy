       01  LEVELS.
         03  A.
           04  B                       PIC X.
           04  C.
             49  D                     PIC XX.
         03  E.
          10 F.
            15 G PIC X(3).
          10 H PIC X(4).
         03  I                         PIC X(5).

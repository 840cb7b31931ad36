      * IBM lets a group be SYNC: all in it is.
       01  ALIGNED-ONES SYNC.
           05  A                       PIC X.
           05  B                       PIC S9(4) COMP.
           05  C                       PIC X.
           05  D                       PIC S9(9) COMP.

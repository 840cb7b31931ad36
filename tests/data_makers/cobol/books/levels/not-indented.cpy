       01 LEVELS.
       05 A.
       10 B PIC X(2).
       10 C.
       15 D PIC X(3).
       05 E PIC X(4).

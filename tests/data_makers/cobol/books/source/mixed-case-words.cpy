       01 Mixed.
           05 a Pic X(2) Occurs 2 Times Indexed By I.
           05 b pIC s9(3)v9 sign Leading separate.
           05 c uSAGE cOMP-3 PIC S9(3).

           03  A                       PIC X(3).
           03  B.
               05  C                   PIC 9(4).
               05  D                   PIC S9(4) COMP.
           03  E                       PIC X.

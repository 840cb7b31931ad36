       01  CLAUSES.
           05  A                       PIC X(5) JUSTIFIED RIGHT.
           05  B                       PIC X(5) JUST.
           05  C                       PIC 9(5) BLANK WHEN ZERO.
           05  D                       PIC ZZ9.99 BLANK ZERO.
           05  E                       PIC A(3) JUST RIGHT VALUE SPACES.

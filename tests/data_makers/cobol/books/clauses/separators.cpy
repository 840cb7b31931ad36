       01  CLAUSES.
           05  A, PIC X(3), VALUE 'a,b'.
           05  B; PIC 9(2); COMP-3.
           05  C  PIC ZZ,ZZ9.99.
           05  D  PIC Z,ZZ9, VALUE ZERO.
           05  E  PIC X OCCURS 2 TIMES, INDEXED BY I, J.

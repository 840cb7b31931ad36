       01  CONTINUED.
           05  A-NAME-WITH-MANY-LET
      -        TERS                    PIC X(3).
           05  B
               PIC
               X(4)
               .
           05  C                       PIC X(60) VALUE 'a literal that g
      -        'oes on in the next line. 05 D PIC X.'.
      * a comment between
           05  E                       PIC S9(5)
      *    and one within a sentence
                                       COMP-3.

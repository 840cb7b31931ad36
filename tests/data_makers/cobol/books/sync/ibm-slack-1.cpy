      * The first example of "Slack bytes" in IBM's Language Reference.
       01  FIELD-A.
           05  FIELD-B                 PIC X(5).
           05  FIELD-C.
               10  FIELD-D             PIC XX.
               10  FIELD-E             PIC S9(6) COMP SYNC.

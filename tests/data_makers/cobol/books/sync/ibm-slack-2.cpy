      * The second: slack bytes stand before the group.
       01  FIELD-L.
           05  FIELD-M                 PIC X(5).
           05  FIELD-N                 PIC XX.
           05  FIELD-O.
               10  FIELD-P             PIC S9(6) COMP SYNC.

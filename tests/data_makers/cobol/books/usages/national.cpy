       01  NATIONAL-RECORD.
           05  A                       PIC N(10).
           05  B                       PIC NNN USAGE NATIONAL.
           05  C                       PIC X.

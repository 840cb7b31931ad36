       01  WIDE-RECORD.
           05  A                       PIC X(3).
           05  B                       PIC G(4) USAGE DISPLAY-1.

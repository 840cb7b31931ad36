       77  A-CONSTANT                  PIC 9(4) VALUE 1000.
       01  THE-RECORD.
           05  A                       PIC X(3).
           05  B                       PIC 9(4).

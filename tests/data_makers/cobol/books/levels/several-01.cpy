       01  HEADER-RECORD.
           05  KIND                    PIC X.
           05  CREATED                 PIC 9(8).
           05  FILLER                  PIC X(11).
       01  DETAIL-RECORD.
           05  KIND                    PIC X.
           05  ACCOUNT                 PIC 9(10).
           05  AMOUNT                  PIC S9(9)V99 COMP-3.
           05  FILLER                  PIC X(3).
       01  TRAILER-RECORD.
           05  KIND                    PIC X.
           05  HOW-MANY                PIC S9(9) COMP.
           05  FILLER                  PIC X(15).

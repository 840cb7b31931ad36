       01  TABLES.
           05  YEARS OCCURS 2 TIMES.
               10  YEAR-NUMBER         PIC 9(4).
               10  MONTHS OCCURS 12 TIMES.
                   15  MONTH-NUMBER    PIC 99.
                   15  DAYS OCCURS 31 TIMES.
                       20  AMOUNT      PIC S9(5)V99 COMP-3.
                       20  FILLER      PIC X.
           05  LAST-ONE                PIC X.

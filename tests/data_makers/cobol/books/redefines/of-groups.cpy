       01  REDEFINED.
           05  KIND                    PIC X.
           05  PERSON.
               10  FIRST-NAME          PIC X(10).
               10  LAST-NAME           PIC X(15).
               10  BORN                PIC 9(8).
           05  COMPANY REDEFINES PERSON.
               10  COMPANY-NAME        PIC X(25).
               10  EMPLOYEES           PIC S9(9) COMP.
               10  FILLER              PIC X(4).
           05  AGENCY REDEFINES PERSON.
               10  AGENCY-CODE         PIC X(3).
               10  FILLER              PIC X(30).
           05  TOTAL                   PIC S9(7)V99 COMP-3.

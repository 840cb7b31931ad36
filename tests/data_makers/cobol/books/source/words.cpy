           05  OLD-NAME                PIC X(5).
           05  NOT-OLD-NAME            PIC X(3).
           05  PRE-ONE                 PIC 9(2).

       01  NATIVE-RECORD.
           05  S4                      PIC S9(4) COMP-5.
           05  S6                      PIC S9(6) COMP-5.
           05  S9                      PIC S9(9) COMP-5.
           05  S12                     PIC S9(12) COMPUTATIONAL-5.
           05  U4                      PIC 9(4) COMP-5.
           05  U9                      PIC 9(9) COMP-5.
           05  U18                     PIC 9(18) COMP-5.

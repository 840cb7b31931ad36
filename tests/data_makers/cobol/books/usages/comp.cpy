      * Every size of a binary number, and its edges.
       01  COMP-RECORD.
           05  S1                      PIC S9 COMP.
           05  S4                      PIC S9(4) COMP.
           05  S5                      PIC S9(5) COMP.
           05  S9                      PIC S9(9) COMP.
           05  S10                     PIC S9(10) COMP.
           05  S18                     PIC S9(18) COMP.
           05  U1                      PIC 9 COMP.
           05  U4                      PIC 9(4) COMP.
           05  U5                      PIC 9(5) COMP.
           05  U9                      PIC 9(9) COMP.
           05  U10                     PIC 9(10) COMP.
           05  U18                     PIC 9(18) COMP.
           05  SCALED                  PIC S9(7)V99 COMP.
           05  ONE-MORE                PIC S9(7)V999 COMP.

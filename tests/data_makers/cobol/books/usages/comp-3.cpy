      * Packed: one byte for two digits, half a byte for the sign.
       01  PACKED-RECORD.
           05  P1                      PIC S9 COMP-3.
           05  P2                      PIC S99 COMP-3.
           05  P3                      PIC S9(3) COMP-3.
           05  P4                      PIC 9(4) COMP-3.
           05  P7                      PIC S9(5)V99 COMP-3.
           05  P8                      PIC S9(6)V99 PACKED-DECIMAL.
           05  P9                      PIC S9(7)V9(2) COMPUTATIONAL-3.
           05  P15                     PIC S9(13)V99 USAGE IS COMP-3.
           05  P18                     PIC S9(18) COMP-3.
           05  P31                     PIC S9(31) COMP-3.
           05  FRACTION                PIC SV9(5) COMP-3.

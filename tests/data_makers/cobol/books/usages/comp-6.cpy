      * Packed without half a byte for a sign (Micro Focus).
       01  UNSIGNED-PACKED.
           05  P1                      PIC 9 COMP-6.
           05  P2                      PIC 99 COMP-6.
           05  P3                      PIC 9(3) COMP-6.
           05  P6                      PIC 9(4)V99 COMP-6.
           05  P9                      PIC 9(9) COMPUTATIONAL-6.
           05  P18                     PIC 9(18) COMP-6.

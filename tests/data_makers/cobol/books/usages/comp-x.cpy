      * As many bytes as the digits need (Micro Focus).
       01  BYTES-RECORD.
           05  X1                      PIC 9 COMP-X.
           05  X2                      PIC 99 COMP-X.
           05  X3                      PIC 9(3) COMP-X.
           05  X4                      PIC 9(4) COMP-X.
           05  X5                      PIC 9(5) COMP-X.
           05  X7                      PIC 9(7) COMP-X.
           05  X8                      PIC 9(8) COMP-X.
           05  X9                      PIC 9(9) COMP-X.
           05  X10                     PIC 9(10) COMP-X.
           05  X12                     PIC 9(12) COMP-X.
           05  X13                     PIC 9(13) COMP-X.
           05  X14                     PIC 9(14) COMP-X.
           05  X16                     PIC 9(16) COMP-X.
           05  X17                     PIC 9(17) COMP-X.
           05  X18                     PIC 9(18) COMPUTATIONAL-X.

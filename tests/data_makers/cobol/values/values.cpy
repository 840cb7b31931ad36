      * Made by values.py: a field for each USAGE and sign.
       01  VALUES-RECORD.
           05  T-X     PIC X(8).
           05  T-A     PIC A(3).
           05  T-J     PIC X(5) JUST RIGHT.
           05  Z-1     PIC 9.
           05  Z-9     PIC 9(9).
           05  Z-18    PIC 9(18).
           05  Z-S     PIC S9(5).
           05  Z-V     PIC S9(7)V99.
           05  Z-VV    PIC SV9(4).
           05  Z-L     PIC S9(3) SIGN LEADING.
           05  Z-LS    PIC S9(3)V9 SIGN LEADING SEPARATE.
           05  Z-TS    PIC S9(3) SIGN TRAILING SEPARATE.
           05  Z-T     PIC S9(4) SIGN IS TRAILING.
           05  P-1     PIC S9 COMP-3.
           05  P-2     PIC S99 COMP-3.
           05  P-U     PIC 9(4) COMP-3.
           05  P-V     PIC S9(7)V99 COMP-3.
           05  P-18    PIC S9(18) PACKED-DECIMAL.
           05  P-31    PIC S9(29)V99 COMP-3.
           05  B-1     PIC S9 COMP.
           05  B-4     PIC S9(4) COMP.
           05  B-5     PIC S9(5) COMP-4.
           05  B-9     PIC S9(9) BINARY.
           05  B-10    PIC S9(10) COMP.
           05  B-18    PIC S9(18) COMP.
           05  B-U4    PIC 9(4) COMP.
           05  B-U9    PIC 9(9) COMP.
           05  B-U18   PIC 9(18) COMP.
           05  B-V     PIC S9(5)V9(3) COMP.
           05  B-UV    PIC 9(8)V9 COMP.
           05  N-4     PIC S9(4) COMP-5.
           05  N-9     PIC S9(9) COMP-5.
           05  N-18    PIC S9(18) COMP-5.
           05  N-U4    PIC 9(4) COMP-5.
           05  F-1     COMP-1.
           05  F-2     COMP-2.
           05  E-1     PIC ZZ,ZZ9.99-.

      * The most digits of each kind.
       01  MOST-DIGITS.
           05  A                       PIC S9(18).
           05  B                       PIC S9(31) COMP-3.
           05  C                       PIC S9(31).
           05  D                       PIC S9(9)V9(9) COMP.
           05  E                       PIC S9(31) SIGN LEADING SEPARATE.

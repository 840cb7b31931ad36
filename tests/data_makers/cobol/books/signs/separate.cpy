       01  SIGNS.
           05  A                       PIC S9(5).
           05  B                       PIC S9(5) SIGN IS LEADING.
           05  C                       PIC S9(5) SIGN IS TRAILING.
           05  D         PIC S9(5) SIGN LEADING SEPARATE CHARACTER.
           05  E                       PIC S9(5) SIGN TRAILING SEPARATE.
           05  F                       PIC S9(5) LEADING SEPARATE.
           05  G                       PIC S9(5) TRAILING.
           05  H               PIC S9V9 TRAILING SEPARATE CHARACTER.

       01  WORDS-RECORD.
           05  A                       PIC S9(4) COMPUTATIONAL.
           05  B                       PIC S9(4) USAGE COMPUTATIONAL.
           05  C                       PIC S9(4) USAGE IS COMP.
           05  D                       PIC S9(8) BINARY.
           05  E                       PIC S9(8) COMP-4.
           05  F                       PIC S9(8) COMPUTATIONAL-4.
           05  G                       BINARY PIC S9(8).
           05  H                       USAGE IS BINARY PICTURE IS S9(8).
           05  I                       PIC S9(17) COMP-4.

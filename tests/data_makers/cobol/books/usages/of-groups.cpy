      * What a group says of its items.
       01  GROUPS.
           05  PACKED-GROUP            COMP-3.
               10  A                   PIC S9(5).
               10  B                   PIC S9(4).
               10  INNER-GROUP.
                   15  C               PIC 9(7)V99.
           05  BINARY-GROUP            USAGE IS COMP.
               10  D                   PIC S9(4).
               10  E                   PIC S9(9).
           05  FLOATING-GROUP          USAGE COMP-1.
               10  F.
               10  G.
           05  PLAIN-GROUP             USAGE DISPLAY.
               10  H                   PIC X(3).

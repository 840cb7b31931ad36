       01  ALIGNED-ONES.
           05  A                       PIC X.
           05  B                       PIC S9(4) COMP SYNC.
           05  C                       PIC X.
           05  D                       PIC S9(5) COMP SYNC.
           05  E                       PIC X.
           05  F                       PIC S9(9) BINARY SYNCHRONIZED.
           05  G                       PIC X.
           05  H                       PIC S9(4) COMP SYNC RIGHT.
           05  I                       PIC X.
           05  J                       PIC S9(8) COMP SYNCHRONIZED LEFT.

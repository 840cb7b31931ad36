      * P: zeros that are not stored.
       01  SCALED-RECORD.
           05  A                       PIC 9(3)PPP.
           05  B                       PIC VPP99.
           05  C                       PIC PP99.
           05  D                       PIC S9(3)PP COMP-3.
           05  E                       PIC SVPPP9(4) COMP-3.
           05  F                       PIC S9(4)P(3) COMP.
           05  G                       PIC 9P.
           05  H                       PIC X.

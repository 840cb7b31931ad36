      * IBM aligns numbers of 10 to 18 digits to 4 bytes, GnuCOBOL to 8.
       01  ALIGNED-ONES.
           05  A                       PIC X.
           05  B                       PIC S9(18) COMP SYNC.
           05  C                       PIC X.

      * 2 bytes to IBM; GnuCOBOL and Micro Focus take 1 for two digits.
       01  NATIVE-RECORD.
           05  A                       PIC X(3).
           05  B                       PIC S9(2) COMP-5.

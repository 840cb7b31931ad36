      * Characters: texts, letters, digits, and both.
       01  DISPLAY-RECORD.
           05  ONE-LETTER              PIC X.
           05  SOME-LETTERS            PIC X(20).
           05  LETTERS-ONLY            PIC A(7).
           05  MIXED-PICTURE           PIC XX99AA.
           05  DIGITS                  PIC 9(9).
           05  MANY-DIGITS             PIC 9(18).
           05  WITH-SIGN                 PIC S9(5).
           05  WITH-POINT              PIC S9(7)V99.
           05  ALL-BEHIND-POINT        PIC V9(4).
           05  SPELLED-OUT             PICTURE IS 99999.
           05  USAGE-SAID              PIC X(3) USAGE IS DISPLAY.

       01  VALUES-RECORD.
           05  A                       PIC X(5) VALUE 'it''s'.
           05  B                       PIC X(9) VALUE "05 C PIC".
           05  C                       PIC X(3) VALUE SPACES.
           05  D                       PIC 9(3) VALUE ZERO.
           05  E                       PIC S9(3)V99 VALUE -1.25.
           05  F                       PIC X(4) VALUE ALL '*'.
           05  G                       PIC X(2) VALUE X'C1C2'.
           05  H                       PIC X(4) VALUE IS LOW-VALUES.
           05  I                       PIC S9(4) COMP VALUE +17.
           05  J                       PIC S9(4) COMP-3 VALUE ZEROES.
           05  K                       PIC X VALUE QUOTE.

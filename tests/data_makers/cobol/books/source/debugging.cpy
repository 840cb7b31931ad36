       01  DEBUGGED.
           05  A                       PIC X(3).
      D    05  B                       PIC X(100).
      d    05  C                       PIC X(100).
      / a new page
           05  E                       PIC X.

       01  POINTERS.
           05  A                       PIC X(3).
           05  P                       USAGE IS POINTER.

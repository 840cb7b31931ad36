       01  ALONE                       PIC X(80).

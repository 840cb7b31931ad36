       01  FLOATS.
           05  FILLER                  PIC X.
           05  SHORT-ONE               COMP-1.
           05  LONG-ONE                COMP-2.
           05  SHORT-TOO               USAGE IS COMPUTATIONAL-1.
           05  LONG-TOO                USAGE COMPUTATIONAL-2.
           05  LAST-ONE                PIC X.

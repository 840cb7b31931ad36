       01  DEEPER.
           05  FIRST-ONE.
               COPY deeper-inner.
           05  LAST-ONE                PIC X.

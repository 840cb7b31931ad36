       01  DEEPER.
           05  FIRST-ONE.
               COPY deeper-inner REPLACING ==X(3)== BY ==X(30)==
                                           INNERMOST BY REPLACED.
           05  LAST-ONE                PIC X.

       01  COPIED.
           COPY words REPLACING OLD-NAME BY NEW-NAME
                                ==PIC X(3)== BY ==PIC S9(7) COMP-3==
                                LEADING ==PRE== BY ==POST==.

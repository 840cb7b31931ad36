      * Two books in one, the names of the second replaced.
       01  COPIED.
           05  A                       PIC X(3).
           COPY address REPLACING ==:TAG:== BY ==HOME==.
           COPY address REPLACING ==:TAG:== BY ==WORK==.
           05  B                       PIC X.

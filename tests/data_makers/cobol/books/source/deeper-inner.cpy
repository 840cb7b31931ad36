               10  INNER-ONE           PIC X(2).
               COPY deeper-innermost.

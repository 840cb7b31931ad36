       01  HOST-RECORD.
           05  HEAD                    PIC X(3).
           EXEC SQL INCLUDE words END-EXEC.

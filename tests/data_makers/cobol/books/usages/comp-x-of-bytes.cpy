       01  BYTES-RECORD.
           05  ONE-BYTE                PIC X COMP-X.
           05  TWO-BYTES               PIC XX COMP-X.
           05  THREE-BYTES             PIC X(3) COMP-X.
           05  EIGHT-BYTES             PIC X(8) COMP-X.
           05  LAST-ONE                PIC X.

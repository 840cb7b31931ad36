       01  TABLES.
         02  L1 OCCURS 2.
           03  L2 OCCURS 2.
             04  L3 OCCURS 2.
               05  L4 OCCURS 2.
                 06  L5 OCCURS 2.
                   07  L6 OCCURS 2.
                     08  L7 OCCURS 2 PIC X(3).
                     08  M7 PIC 9.
         02  LAST-ONE PIC X.

      * Numbers as they are printed.
       01  EDITED-RECORD.
           05  E1                      PIC Z(6)9.
           05  E2                      PIC ZZZ,ZZ9.99.
           05  E3                      PIC ZZZ,ZZ9.99-.
           05  E4                      PIC -(6)9.99.
           05  E5                      PIC +++,++9.99.
           05  E6                      PIC $$$,$$9.99CR.
           05  E7                      PIC $**,**9.99DB.
           05  E8                      PIC 99/99/9999.
           05  E9                      PIC 9(3)B9(3).
           05  E10                     PIC X(3)BX(3)/XX0X.
           05  E11                     PIC 999.99.
           05  E12                     PIC ****9.
           05  E13                     PIC Z,ZZZ,ZZZ.
           05  LAST-ONE                PIC X.

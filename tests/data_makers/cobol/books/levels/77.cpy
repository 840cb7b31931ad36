       77  STANDS-ALONE                PIC S9(9)V99 COMP-3.

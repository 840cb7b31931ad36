           05  :TAG:-ADDRESS.
               10  :TAG:-STREET        PIC X(20).
               10  :TAG:-ZIP           PIC 9(5).

       01  CONDITIONS.
           05  STATE                   PIC X.
               88  IS-OPEN             VALUE 'O'.
               88  IS-CLOSED           VALUES ARE 'C', 'X'.
               88  IS-LETTER VALUE 'A' THRU 'I' 'J' THROUGH 'R'.
           05  COUNT-OF                PIC S9(3) COMP-3.
               88  NONE                VALUE ZERO.
               88  FEW                 VALUES 1 THRU 9, 11.
               88  BELOW               VALUE -999 THRU -1.
           05  G.
               88  G-EMPTY             VALUE SPACES.
               10  H                   PIC X(3).
               10  I                   PIC X.
                   88  LOWEST          VALUE LOW-VALUES.
                   88  HIGHEST         VALUE HIGH-VALUE.

       01  lower-record.
           05  cust-id                 pic 9(8).
           05  cust-name               pic x(20) value spaces.
           05  Amount                  Pic s9(5)v9(2) Usage Is Comp-3.
           05  flags                   occurs 3 times pic x.

000100*--------------------------------------------------------------*  CUS00010
000200* A customer, as it lay in a library.                             CUS00020
000300*--------------------------------------------------------------*  CUS00030
000400 01  CUSTOMER-RECORD.                                             CUS00040
000500     05  CUST-ID             PIC 9(8).                            CUS00050
000600     05  CUST-NAME           PIC X(20).                           05 A.
000700/                                                                 CUS00070
000800     05  BALANCE             PIC S9(7)V99 COMP-3.                 CUS00080
000900D    05  DEBUGGED            PIC X(100).                          CUS00090
001000     05  VISITS              PIC S9(4) COMP.                      CUS00100

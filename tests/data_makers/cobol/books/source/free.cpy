*> the free form
01 FREE-RECORD.
  05 A pic x(10). *> a remark
  05 B pic s9(5)v99 comp-3.
  05 A-NAME-THAT-GOES-FAR-RIGHT                                                       pic x(5).
  05 C occurs 3 times
     pic 9(2).

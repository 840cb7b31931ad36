"""What a job learns of the rows that it writes, span by span: parts that merge in any order to the same."""

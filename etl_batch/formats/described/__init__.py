"""What describes the records of a file: layouts and copybooks, found, read and completed by its bytes."""

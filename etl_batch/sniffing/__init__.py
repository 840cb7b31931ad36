"""What a text file seems to be: its encoding, lines, cells and types; of each how sure that is, and why."""

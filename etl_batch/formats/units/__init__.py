"""Units that are drawn whole from an existing file: pages, blocks, row groups."""

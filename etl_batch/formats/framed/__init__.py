"""Records of unequal length: found one by one, and laid out as equal ones."""

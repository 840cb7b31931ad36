"""Records of unequal length."""

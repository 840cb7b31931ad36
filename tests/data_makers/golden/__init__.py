"""Files that must come out byte for byte as they are kept here, and what makes them anew."""

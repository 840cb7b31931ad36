"""How fast the product is beside its peers (`make bench`), and what a row costs (`make bench-quick`)."""

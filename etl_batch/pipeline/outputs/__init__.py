"""A job's outputs: named, held, begun or taken up again, published."""

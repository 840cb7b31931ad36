"""Random kills, faults and inputs for as long as wanted: `make torture`."""

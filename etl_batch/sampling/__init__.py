"""A job's stratified sample and exact totals, drawn in the pass that converts."""

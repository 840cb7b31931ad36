"""One job: its inputs, its plan, its spans, its result."""

"""The stratified sample of a job, and its exact totals: drawn in the one pass, by whatever workers, to the same end."""

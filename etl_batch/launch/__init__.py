"""What stands before a job: choosing inputs, looking at them, mending layouts, options, the check. No Streamlit."""

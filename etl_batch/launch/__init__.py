"""What stands before a job: choosing inputs, looking at them, layouts, the form as a `JobConfig`, the check. No Streamlit."""

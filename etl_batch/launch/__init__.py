"""What stands before a job: choosing inputs, a look at them, layouts, form to `JobConfig`, the check. No Streamlit."""

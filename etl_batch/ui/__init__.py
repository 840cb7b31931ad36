"""What is drawn: values in, drawing out. Used by the pages, and by `etl_dashboard` in anybody's Streamlit app."""

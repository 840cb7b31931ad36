"""What the pages ask for: an actor in, values out. Nothing here knows Streamlit."""

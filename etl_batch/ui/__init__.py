"""What is shown, in the console and in anybody's Streamlit app."""

"""What is drawn, in the console and in anybody's Streamlit app."""

"""What the pages show: values in, elements of Streamlit out."""

"""What the pages draw: values in, drawing out."""

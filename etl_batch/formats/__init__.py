"""What every format keeps to, the registry of formats, and a folder for each."""

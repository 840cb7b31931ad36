"""The commands of background jobs: one file for each."""

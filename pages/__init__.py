"""The pages of the console: each file a guard and a call; what they show is made in `views`."""

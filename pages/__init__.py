"""The pages of the console: each file a guard and a call, the drawing in `views`."""

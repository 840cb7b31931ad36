"""Values as Arrow has them: what may be read of them, and how they become text; Arrow files."""

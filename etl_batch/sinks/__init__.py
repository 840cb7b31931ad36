"""Where rows go: part files that become visible only when they are whole."""

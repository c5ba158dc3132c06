"""What scenarios measure on: the demo's lake, a million members made up, their staff."""

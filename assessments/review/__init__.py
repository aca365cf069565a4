"""Review gates of new, rebuilt and extended objects."""

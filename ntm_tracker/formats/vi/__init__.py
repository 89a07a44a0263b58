"""Package that Django looks up by language."""

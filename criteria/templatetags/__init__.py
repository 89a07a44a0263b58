"""Template words that every floor may use: numbers, dates and the marks of verdict, basis and tier."""

"""Matrix rooms for newswire."""

"""The services of the Apprise library for newswire."""

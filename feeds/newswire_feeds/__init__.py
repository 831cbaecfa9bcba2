"""RSS, Atom and JSON feeds of everything newswire publishes."""

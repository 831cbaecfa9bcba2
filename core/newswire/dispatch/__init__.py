"""The dispatcher: it brings every channel to what it should show, one lane beside the other."""

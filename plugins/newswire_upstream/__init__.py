"""The intake of feeds of others: RSS, Atom and JSON Feed."""

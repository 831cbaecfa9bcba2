"""``newswire export-feeds``: the documents as files, for whatever serves files."""

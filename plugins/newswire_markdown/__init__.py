"""Articles from folders of Markdown files."""

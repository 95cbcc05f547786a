"""What a tracker shows and takes: issues, the Markdown in them, command lines, changes, receipts."""

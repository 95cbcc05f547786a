"""From what people wrote to an incident: commands, rights, arguments, the fold itself."""

"""A written project on disk: made, installed, proven, served. Nothing else of backsmith writes to disk."""

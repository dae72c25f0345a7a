"""The writer of FastAPI projects."""

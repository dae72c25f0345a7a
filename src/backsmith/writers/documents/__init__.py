"""The writer of documents about a design: what `explain` prints, and the diagram of relations."""

"""Writers: from a lowered design to the files of a project, as a value in memory."""

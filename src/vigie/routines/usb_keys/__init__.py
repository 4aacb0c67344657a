"""USB keys: read raw, looked through file by file, and handed on as clean copies."""

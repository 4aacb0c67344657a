"""Pictures: the bytes of one photo become places and words in it, in a confined process."""

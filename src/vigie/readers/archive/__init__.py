"""What lies in an archive or an image of a disk, each entry handed on to be read like a file."""

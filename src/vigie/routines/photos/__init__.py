"""Photos before they are published: looked at, copied with the places in black, looked at again."""

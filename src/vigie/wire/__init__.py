"""What may cross between a practice and its console: closed, versioned, without free text."""

VERSION = 1

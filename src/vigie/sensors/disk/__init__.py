"""The disk: what becomes of documents.

On Linux (`gate`, `keeper`) nobody writes before the last good version is kept; elsewhere changes
are heard of afterwards.
"""

"""The outbox: what the practice is about to send, kept before it is accepted, and sent on.

`door` takes messages in, `relay` shows each to whoever judges, `courier` brings it to the
practice's provider, once.
"""

"""One module per outside program or system interface with side effects."""

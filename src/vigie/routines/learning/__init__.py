"""Learning: who writes to whom, from the practice's own mailboxes into its contacts."""

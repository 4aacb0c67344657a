"""The pane: the page on the practice's own machine. The doubt desk, and the glass pane."""

"""What a practice's team may read and hang up: the eleven lessons, and whom to call."""

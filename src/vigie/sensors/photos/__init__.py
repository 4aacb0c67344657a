"""Photos: the folder « À publier », in which staff put what they want to show the world."""

"""Texts: the folder « À publier », in which staff put what they want to say to the world."""

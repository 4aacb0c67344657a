"""The folders « À publier », in which staff put what they want to say or show to the world."""

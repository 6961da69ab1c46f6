"""The whole photo: clean and enlarge."""

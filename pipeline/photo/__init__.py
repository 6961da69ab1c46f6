"""Steps for the whole photo: clean and enlarge."""

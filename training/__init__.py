"""Programs that train and evaluate the bundled restorer `lite`."""

"""The privacy policy and the terms: templates, filled in with the settings in force."""

"""Pages for people: templates, translations, static files. Calls what ``api`` calls."""

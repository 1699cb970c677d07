"""The pages, one module a kind. Each is served under every language's prefix."""

"""From a file to upright RGB: what it declares is checked before a separate process decodes it."""

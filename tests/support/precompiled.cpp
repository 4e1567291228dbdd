// An object library needs a source of its own.

"""Where facts are kept: the writer, its cache of states, the library's recorder."""

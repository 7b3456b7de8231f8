"""Commands of the command line, a module each: they parse, call one function, and print."""

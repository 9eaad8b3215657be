"""What families of models start with in the code of libraries: one file a library."""

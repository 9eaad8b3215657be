"""What code makes: its loops, functions and classes gone through, and layers written out."""

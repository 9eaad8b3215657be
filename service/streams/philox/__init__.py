"""Stream version 1: Philox's random words, the distributions above them, and their specification."""

"""The Mersenne Twister, MT19937, of which frameworks' generators are made."""

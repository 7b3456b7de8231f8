"""What a month consists of: its places, the words in which mechanisms are written, and the core equations."""

"""Registration: what every sensor's biases and clock are, told from what it sees."""

"""What is known of NIM: its commands, the text they print, the states it shows."""

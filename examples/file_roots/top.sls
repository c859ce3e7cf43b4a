base:
  nim-master:
    - frames

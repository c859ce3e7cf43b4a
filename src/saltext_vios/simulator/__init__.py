"""A NIM master that runs anywhere: `nim`, `lsnim` and `c_rsh` as real commands."""

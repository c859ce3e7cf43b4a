# salt-run state.orchestrate orch.two_masters
#
# One NIM master after the other. `timeout` is how long the Salt master waits for a silent minion before it asks
# again. Do not use `batch` here; docs/batch.md says why.

first NIM master:
  salt.state:
    - tgt: nim-master
    - sls: one_pair
    - pillar: {pair: [vios1, vios2]}
    - timeout: 300

second NIM master:
  salt.state:
    - tgt: nim-second
    - sls: one_pair
    - pillar: {pair: [viosa, viosb]}
    - timeout: 300
    - require:
      - salt: first NIM master

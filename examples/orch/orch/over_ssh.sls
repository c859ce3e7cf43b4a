# salt-run state.orchestrate orch.over_ssh
#
# The NIM master is a target of the roster. The preview is short, so one connection is enough. The migration takes hours:
# vios.wave requests it, and then follows it with short calls.

what would be done:
  salt.state:
    - ssh: True
    - tgt: nim-c
    - sls: one_pair
    - pillar: {pair: [vios1, vios2]}
    - test: True

the pair:
  salt.runner:
    - name: vios.wave
    - master: nim-c
    - targets: [[vios1, vios2]]
    - options:
        mksysb_name: vios_31431
        spot_name: vios_31431_spot
        bosinst_data: unattended
        boot_client: true
        set_boot_list: true
    - require:
      - salt: what would be done

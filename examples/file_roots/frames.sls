# Two frames, side by side. Both pairs are checked first; an error found by a check stops the migration of both.

{%- for frame, pair in {'frame2': ['vios3', 'vios4'], 'frame3': ['vios5', 'vios6']}.items() %}

{{ frame }} checked:
  vios.checked:
    - targets: [{{ pair | json }}]
    - level: 3.1.4.31
    - mksysb_name: vios_31431
    - spot_name: vios_31431_spot
    - bosinst_data: unattended
    - boot_client: true
{%- endfor %}

frames 2 and 3 on 3.1.4.31:
  vios.migrated:
    - targets: [[vios3, vios4], [vios5, vios6]]
    - level: 3.1.4.31
    - mksysb_name: vios_31431
    - spot_name: vios_31431_spot
    - bosinst_data: unattended
    - boot_client: true
    - set_boot_list: true
    - time_limit: 8h
    - require:
      - vios: frame2 checked
      - vios: frame3 checked

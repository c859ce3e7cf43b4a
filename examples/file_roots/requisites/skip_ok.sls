# With skip_ok the end of the window is not a failure; a state that requires a skipped one is skipped too.
{% from "requisites/migration.jinja" import wanted %}

in the window:
  vios.migrated:
    - name: vios1,vios2
    {{- wanted() }}
    - time_limit: 01/31/2020 04:00
    - skip_ok: true

after the window:
  vios.migrated:
    - name: vios1,vios2
    {{- wanted() }}
    - skip_ok: true
    - require:
      - vios: in the window
